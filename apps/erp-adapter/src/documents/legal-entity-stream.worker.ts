import type { LegalEntity } from '@tieout/canonical';
import { idOf, mapLegalEntity, type NetSuiteClient, type Origin, type SubsidiaryRow } from '@tieout/connector-netsuite';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import { examination, type Examined } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { type StreamContext } from './document-stream.worker.ts';
import { keepPublished, publishedOf } from './published-record.store.ts';

const TOPIC = 'finance.legal-entity.v1';
type State = Omit<LegalEntity, 'revision'>;

/** Subsidiaries are few: every poll reads them all, and one that is no longer there was deleted. */
export function legalEntityStream(
  context: StreamContext,
  client: NetSuiteClient,
  origin: Origin,
): StreamSpec<{ readonly readAt: string }> {
  return {
    instance: context.instance,
    stream: 'legal-entity',
    intervalMs: context.intervalMs,
    async poll(turn) {
      const rows = await client.subsidiaries(turn.signal);
      await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, { readAt: new Date().toISOString() });
        const fates = rows.map((row) => ({ row, mapped: mapLegalEntity(row, origin) }));
        const present = fates.flatMap(({ mapped }) => (mapped.kind === 'mapped' ? [mapped.value] : []));
        const there = new Set(rows.map((row) => row.id));
        const known = await publishedOf<State>(tx, TOPIC, context.instance, null);
        const gone = known.filter(({ vendorId }) => !there.has(vendorId)).map(({ value }) => value);
        const states = [...present, ...gone.map((value): State => ({ ...value, lifecycle: 'DELETED' }))];
        const outcomes = await context.outbox.publishState(
          tx,
          TOPIC,
          states.map((value) => ({ key: value.legalEntityId, value })),
        );
        const fresh = states.filter((_, n) => outcomes[n] === 'published');
        await keepPublished(
          tx,
          TOPIC,
          states.map((value) => asRecord(context.instance, value)),
        );
        const examined = fates.map((fate) => examine(origin, fate));
        const resolution = 'The subsidiary can be read again.';
        await context.exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
        context.onRows('legal-entity', 'published', fresh.length);
      });
    },
  };
}

function asRecord(instance: string, value: State): Parameters<typeof keepPublished>[2][number] {
  return { key: value.legalEntityId, instance, vendorId: value.source.id, value };
}

function examine(
  origin: Origin,
  { row, mapped }: { row: SubsidiaryRow; mapped: ReturnType<typeof mapLegalEntity> },
): Examined {
  const objectId = idOf('subsidiary', origin, row.id);
  const subject = { instance: origin.instance, objectType: 'legal-entity', vendorId: row.id, objectId };
  if (mapped.kind === 'mapped') return { subject, finding: null };
  const { code, field, message } = mapped.problem;
  return { subject, finding: { kind: code, message: `legal-entity ${row.id}: ${message}`, details: { field } } };
}

import type { ControlTotal } from '@tieout/canonical';
import type { Erp, TotalRead } from '@tieout/connector-erp';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import { examination, type Examined } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { type StreamContext } from '../documents/document-stream.worker.ts';
import { keepPublished, publishedOf } from '../documents/published-record.store.ts';

const TOPIC = 'finance.control-total.v1';
const STREAM = 'control-total';
type State = Omit<ControlTotal, 'revision'>;

/** Count and sums by legal entity, month and currency as the ERP computes them. A group that is no longer there counts zero. */
export function controlTotalStream(
  context: StreamContext,
  { totals }: Pick<Erp, 'totals'>,
): StreamSpec<{ readonly readAt: string }> {
  const { instance, outbox, exceptions } = context;
  return {
    instance,
    stream: STREAM,
    intervalMs: context.intervalMs,
    async poll(turn) {
      const read = await totals(turn.signal);
      const present = read.flatMap(({ mapped }) => (mapped.kind === 'mapped' ? [mapped.value] : []));
      await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, { readAt: new Date().toISOString() });
        // A group that was refused is there: it keeps its last figures and is no group without documents.
        const keys = new Set(read.map(({ key }) => key));
        const known = await publishedOf<State>(tx, TOPIC, instance, null);
        const states = [...present, ...known.filter(({ key }) => !keys.has(key)).map(({ value }) => emptied(value))];
        const outcomes = await outbox.publishState(
          tx,
          TOPIC,
          states.map((value) => ({ key: value.controlTotalId, value })),
        );
        const fresh = states.filter((_, n) => outcomes[n] === 'published');
        const records = states.map((value) => ({
          key: value.controlTotalId,
          instance,
          vendorId: value.source.id,
          value,
        }));
        await keepPublished(tx, TOPIC, records);
        const examined = read.map((one) => examine(instance, one));
        const resolution = 'The total can be read again.';
        await exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
        context.onRows(STREAM, 'published', fresh.length);
      });
    },
  };
}

function examine(instance: string, { group, mapped }: TotalRead): Examined {
  const subject = { instance, objectType: STREAM, vendorId: group, objectId: group };
  if (mapped.kind === 'mapped') return { subject, finding: null };
  const { code, field, message } = mapped.problem;
  return { subject, finding: { kind: code, message: `Total ${group}: ${message}`, details: { field } } };
}

function emptied(value: State): State {
  return { ...value, count: 0n, sums: value.sums.map(({ name }) => ({ name, amount: '0' })) };
}

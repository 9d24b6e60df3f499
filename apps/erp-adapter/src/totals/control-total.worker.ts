import type { ControlTotal } from '@tieout/canonical';
import { controlTotalIdOf, mapControlTotal, type NetSuiteClient, type Origin } from '@tieout/connector-netsuite';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import { examination, type Examined } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { type StreamContext } from '../documents/document-stream.worker.ts';
import { keepPublished, publishedOf } from '../documents/published-record.store.ts';

const TOPIC = 'finance.control-total.v1';
const STREAM = 'control-total';
type State = Omit<ControlTotal, 'revision'>;

/** Count and sums by legal entity, month and currency as NetSuite computes them. A group that is no longer there counts zero. */
export function controlTotalStream(
  context: StreamContext,
  client: NetSuiteClient,
  origin: Origin,
): StreamSpec<{ readonly readAt: string }> {
  const { instance, outbox, exceptions } = context;
  return {
    instance,
    stream: STREAM,
    intervalMs: context.intervalMs,
    async poll(turn) {
      const readings = await Promise.all([
        read(client, 'invoice', origin, turn.signal),
        read(client, 'payment', origin, turn.signal),
      ]);
      const fates = readings.flat();
      const present = fates.flatMap(({ mapped }) => (mapped.kind === 'mapped' ? [mapped.value] : []));
      await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, { readAt: new Date().toISOString() });
        // A group that was refused is there: it keeps its last figures and is no group without documents.
        const keys = new Set(fates.map(({ key }) => key));
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
        const examined = fates.map((fate) => fate.examined);
        const resolution = 'The total can be read again.';
        await exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
        context.onRows(STREAM, 'published', fresh.length);
      });
    },
  };
}

interface TotalFate {
  /** Key of the group's state, also when the row is refused. */
  readonly key: string;
  readonly mapped: ReturnType<typeof mapControlTotal>;
  readonly examined: Examined;
}

async function read(
  client: NetSuiteClient,
  object: 'invoice' | 'payment',
  origin: Origin,
  signal: AbortSignal,
): Promise<TotalFate[]> {
  return (await client.totals(object, signal)).map((row) => {
    const mapped = mapControlTotal(object, row, origin);
    const key = controlTotalIdOf(object, row, origin);
    const group = `${object}/${row.subsidiary}/${row.period}/${row.currency}`;
    const subject = { instance: origin.instance, objectType: STREAM, vendorId: group, objectId: group };
    if (mapped.kind === 'mapped') return { key, mapped, examined: { subject, finding: null } };
    const { code, field, message } = mapped.problem;
    return {
      key,
      mapped,
      examined: { subject, finding: { kind: code, message: `Total ${group}: ${message}`, details: { field } } },
    };
  });
}

function emptied(value: State): State {
  return { ...value, count: 0n, sums: value.sums.map(({ name }) => ({ name, amount: '0' })) };
}

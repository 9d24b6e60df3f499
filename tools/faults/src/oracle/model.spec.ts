import { describe, expect, it } from 'vitest';
import type { TrueEvent } from '../generator/generate.ts';
import { expect as expected, type InputRecord, type ModelRules } from './model.ts';

const event = (key: string, revision: number): TrueEvent => ({
  key,
  revision: BigInt(revision),
  amount: '1',
  eventId: `${key}${revision}`,
});
const records = (...events: readonly (Partial<InputRecord> & { event: TrueEvent | null })[]): InputRecord[] =>
  events.map((one, n) => ({
    ...{ partition: 0, offset: BigInt(n), key: one.event?.key ?? 'x', tombstone: false, spoilt: false },
    ...one,
  }));
const run = (log: readonly InputRecord[], rules: ModelRules) => {
  const { effects, counts } = expected(log, rules);
  return { effects: effects.map(({ eventId }) => eventId), counts: Object.fromEntries(counts) };
};

describe('what must become of records', () => {
  it('keeps the highest revision of a state and skips what came before, and what cannot be read', () => {
    const log = records(
      { event: event('a', 2) },
      { event: event('a', 1) },
      { event: event('a', 2) },
      { event: event('a', 3), spoilt: true },
      { event: event('a', 4) },
      { event: null, tombstone: true },
      { event: event('b', 1), key: null },
    );
    // The unreadable revision of a became moot when the next one came.
    const counts = { applied: 2, superseded: 2, duplicate: 1, 'dead-lettered': 1, ignored: 1 };
    expect(run(log, { kind: 'state' })).toEqual({ effects: ['a2', 'a4'], counts });
  });

  it('parks a key of a fact topic behind its first dead letter, drops what came before, and lets other keys flow', () => {
    const log = records(
      { event: event('a', 1) },
      { event: event('a', 1) },
      { event: event('a', 2) },
      { event: event('a', 3) },
      { event: event('b', 1) },
      { event: event('a', 3) },
    );
    const poison = ({ eventId }: TrueEvent) => eventId === 'a2';
    const counts = { applied: 2, duplicate: 2, 'dead-lettered': 1, parked: 1 };
    expect(run(log, { kind: 'fact', poison })).toEqual({ effects: ['a1', 'b1'], counts });
  });
});

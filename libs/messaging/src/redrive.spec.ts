import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, permits, type Candidate, type JudgeRules } from './redrive.ts';

const rules = (more: Partial<JudgeRules> = {}): JudgeRules => ({
  action: 'redrive',
  followers: 'redrive',
  maxItems: 100,
  kindOf: (group) => (group === 'gone' ? null : group === 'state' ? 'state' : 'fact'),
  ...more,
});

const letter = (seq: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id: `l${seq}`, seq: BigInt(seq), group: 'fact', topic: 't', partition: 0, line: 'k' },
  ...{ status: seq === 1 ? 'open' : 'parked', markedBy: null, selected: false },
  ...more,
});
const selected = { selected: true };
const verdicts = (candidates: readonly Candidate[], more: Partial<JudgeRules> = {}) =>
  judge(candidates, rules(more)).map(({ letter: { id }, action, why, behind }) =>
    [id, why ?? action, ...(behind === null ? [] : [behind])].join(' '),
  );

describe('who may be applied', () => {
  it('is the head of a line, and with it what follows', () => {
    const line = [letter(1, selected), letter(2), letter(3)];
    expect(verdicts(line)).toEqual(['l1 redrive', 'l2 redrive', 'l3 redrive']);
    expect(verdicts(line, { action: 'discard' })).toEqual(['l1 discard', 'l2 redrive', 'l3 redrive']);
    expect(verdicts(line, { followers: 'keep' })).toEqual(['l1 redrive']);
  });

  it('is nobody behind a record that is not part of it', () => {
    expect(verdicts([letter(1), letter(2, selected), letter(3)])).toEqual(['l2 behind l1']);
    const gap = [letter(1, selected), letter(2), letter(3, selected)];
    expect(verdicts(gap, { followers: 'keep' })).toEqual(['l1 redrive', 'l3 behind l2']);
    const marked = [letter(1, { ...selected, markedBy: 'r' }), letter(2, selected)];
    expect(verdicts(marked)).toEqual(['l1 marked', 'l2 behind l1']);
  });

  it('is the first parked record when the one before it is settled', () => {
    expect(verdicts([letter(1, { status: 'discarded' }), letter(2, selected), letter(3)])).toEqual([
      'l2 redrive',
      'l3 redrive',
    ]);
  });

  it('is nobody beyond the cap, nor of a consumer that is gone, nor what is settled', () => {
    const line = [letter(1, selected), letter(2), letter(3), letter(4, { line: 'other', ...selected })];
    expect(verdicts(line, { maxItems: 1 })).toEqual(['l1 redrive', 'l2 over-cap', 'l4 over-cap']);
    expect(verdicts([letter(1, { ...selected, group: 'gone' })])).toEqual(['l1 not-consumed']);
    expect(verdicts([letter(1, { ...selected, status: 'superseded' })])).toEqual(['l1 settled']);
  });

  it('is each for itself on a state topic', () => {
    const state = { group: 'state', status: 'open' };
    expect(verdicts([letter(1, state), letter(2, { ...state, ...selected })])).toEqual(['l2 redrive']);
  });

  it('never lets a record overtake one that stays held', () => {
    const candidate = fc.record({
      line: fc.constantFrom('a', 'b'),
      status: fc.constantFrom('open', 'parked', 'redriven'),
      markedBy: fc.constantFrom(null, null, 'r'),
      selected: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 30 }),
        fc.constantFrom('redrive' as const, 'keep' as const),
        fc.integer({ min: 1, max: 10 }),
        (lines, followers, maxItems) => {
          const all = lines.map((one, i) => letter(i + 1, one));
          const judged = judge(all, rules({ followers, maxItems }));
          const passing = new Set(judged.filter(({ why }) => why === null).map(({ letter: { id } }) => id));
          expect(passing.size).toBeLessThanOrEqual(maxItems);
          for (const one of all.filter(({ id }) => passing.has(id))) {
            const before = all.filter((each) => each.line === one.line && each.seq < one.seq);
            for (const each of before.filter(({ status }) => status !== 'redriven'))
              expect(passing.has(each.id)).toBe(true);
          }
          for (const one of all.filter(({ selected: asked }) => asked))
            expect(judged.filter(({ letter: { id } }) => id === one.id)).toHaveLength(1);
        },
      ),
    );
  });
});

describe('permits', () => {
  it.each([
    [0, 100, 0],
    [0.5, 100, 50],
    [60, 100, 100],
    [0.99, 1, 0],
    [1, 1, 1],
  ])('accrue for at most a second: %f s at %i per second are %i', (elapsed, rate, expected) => {
    expect(permits(elapsed, rate)).toBe(expected);
  });
});

import { createRandom } from '@tieout/testing/programs';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Group } from '../group.ts';
import type { Block } from '../item.ts';
import { compareResults, createComparison, type ComparisonOptions } from './compare-results.ts';
import type { ResultComparison } from './result-comparison.ts';
import { blockOf, group, item } from './results.fixture.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_331);
const KINDS = ['gained', 'lost', 'changed', 'newBreaks', 'goneBreaks'] as const;

function compared(before: string[], after: string[], options: ComparisonOptions = {}): ResultComparison {
  const groups = before.map((text) => group(text));
  return compareResults(
    groups,
    after.map((text) => group(text)),
    blockOf(groups),
    options,
  );
}
const counts = (result: ResultComparison): Record<string, number> =>
  Object.fromEntries(
    (['unchanged', ...KINDS] as const).map((kind) => [kind, result[kind].cases]).filter(([, cases]) => cases !== 0),
  );

describe('two results', () => {
  it.each<[string, string[], string[], Record<string, number>]>([
    [
      'that are the same',
      ['matched a | n', 'break b', 'break o'],
      ['break o', 'matched a | n', 'break b'],
      { unchanged: 3 },
    ],
    ['a match for two breaks', ['break a', 'break n'], ['matched a | n'], { gained: 1, goneBreaks: 2 }],
    ['two breaks for a match', ['matched a | n'], ['break a', 'break n'], { lost: 1, newBreaks: 2 }],
    ['a match that was suggested', ['suggested a | n'], ['matched a | n'], { gained: 1 }],
    ['a match that is only suggested', ['matched a | n'], ['suggested a | n'], { lost: 1 }],
    [
      'another partner',
      ['matched a | n', 'break b'],
      ['matched b | n', 'break a'],
      { changed: 1, newBreaks: 1, goneBreaks: 1 },
    ],
    ['a larger group', ['matched a | n', 'break o'], ['matched a | n o'], { changed: 1, goneBreaks: 1 }],
    ['two groups of one', ['matched a b | n o'], ['matched a | n', 'matched b | o'], { changed: 1 }],
    ['a break that may clear itself', ['break a'], ['timing a'], { changed: 1, goneBreaks: 1 }],
    ['a break by amount instead of two', ['break a', 'break n'], ['break a | n'], { changed: 1 }],
    ['candidates that are all matched', ['ambiguous a b | n o'], ['matched a | o', 'matched b | n'], { gained: 1 }],
    [
      'a case beside others',
      ['break a', 'break n', 'matched b | o'],
      ['matched a | n', 'matched b | o'],
      { unchanged: 1, gained: 1, goneBreaks: 2 },
    ],
  ])('%s', (_, before, after, expected) => {
    expect(counts(compared(before, after))).toEqual(expected);
  });

  it.each<[string, Partial<Group>, string | null]>([
    ['type', { type: 'fee' }, 'type'],
    ['difference', { difference: '0.01', currency: 'EUR' }, 'difference'],
    ['expected clearing', { expectedClearing: '2026-04-02' }, 'expected-clearing'],
    ['rule', { rule: 'other' }, null],
    ['confidence and evidence', { confidence: 0.5, evidence: { key: 'x' } }, null],
  ])('with another %s', (_, over, name) => {
    const [before, after] = [[group('explained a | n')], [group('explained a | n', over)]];
    const result = compareResults(before, after, blockOf(before));
    expect(result.changed.by).toEqual(name === null ? {} : { [name]: 1 });
    expect(result.unchanged.cases).toBe(name === null ? 1 : 0);
  });

  it('are weighed by amounts of the left, of the right where nothing is left, and breaks by their difference', () => {
    const before = [
      group('matched a b | n', { rule: 'sum' }),
      group('break o', { rule: null, type: 'missing-left', difference: '-7.10', currency: 'EUR' }),
      group('break c | p', { type: 'amount', difference: '0.5', currency: 'EUR' }),
    ];
    const after = [group('break a'), group('break b'), group('break n'), group('timing o'), group('matched c | p')];
    const block = blockOf(before, { a: '10', b: '-2.5', n: '7.5', o: '-7.10', c: '100', p: '100.5' });
    const result = compareResults(before, after, block);
    expect(result.lost).toMatchObject({ cases: 1, left: 2, right: 1, value: { EUR: '12.5' }, by: { sum: 1 } });
    expect(result.gained).toMatchObject({ cases: 1, value: { EUR: '100' }, by: { exact: 1 } });
    expect(result.changed).toMatchObject({ cases: 1, value: { EUR: '7.1' }, by: { outcome: 1 } });
    expect(result.goneBreaks).toMatchObject({ cases: 2, value: { EUR: '7.6' }, by: { amount: 1, 'missing-left': 1 } });
    expect(result.newBreaks).toMatchObject({ cases: 3, value: { EUR: '20' } });
    expect(result.before.break).toEqual({ cases: 2, left: 1, right: 2, value: { EUR: '107.1' } });
    expect(result.moves).toContainEqual({ from: 'matched', to: 'break', left: 2, right: 1 });
  });

  it('in several currencies are never added up', () => {
    const [before, after] = [[group('matched a b')], [group('break a'), group('break b')]];
    const block: Block = { left: [item('a', '1', 'USD'), item('b', '2', 'EUR')], right: [] };
    expect(compareResults(before, after, block).lost.value).toEqual({ EUR: '2', USD: '1' });
  });

  it('are shown by the first examples, with the items and the evidence of both', () => {
    const options = { examples: 1 };
    const comparison = createComparison(options);
    for (const evidence of ['first', 'second'] as const) {
      const before = [group('break a', { evidence: { why: evidence } }), group('break n')];
      comparison.add(blockOf(before), before, [group('matched a | n', { rule: 'loose' })]);
    }
    const { gained } = comparison.result();
    expect(gained).toMatchObject({ cases: 2, by: { loose: 2 }, examples: [{ more: 0 }] });
    expect(gained.examples[0]).toMatchObject({
      before: [{ outcome: 'break', evidence: { why: 'first' } }, { outcome: 'break' }],
      after: [{ outcome: 'matched', rule: 'loose' }],
      items: [
        { side: 'left', id: 'a', amount: '1' },
        { side: 'right', id: 'n' },
      ],
    });
  });

  it('with groups of thousands are shown by ten items a side', () => {
    const ids = Array.from({ length: 3_000 }, (_, n) => `a${n}`);
    const block = { left: ids.map((id) => item(id)), right: [item('n')] };
    const before = [group('ambiguous', { left: ids, right: ['n'] })];
    const after = [group('matched', { left: [ids[0]!], right: ['n'] }), group('break', { left: ids.slice(1) })];
    const [example] = compareResults(before, after, block).gained.examples;
    expect(example?.items).toHaveLength(11);
    expect(example).toMatchObject({ more: 2_990, after: [{ left: ['a0'] }, { left: { length: 9 } }] });
  });

  it.each<[string, string[]]>([
    ['lacks an item', ['break a']],
    ['has an item more', ['break a', 'break n', 'break o']],
    ['has an item twice', ['break a', 'break n', 'break n']],
    ['has another item', ['break a', 'break o']],
  ])('of which one %s are refused', (_, after) => {
    expect(() => compared(['matched a | n'], after)).toThrow(/result|groups/);
  });
});

describe('any two results', () => {
  const random = createRandom(SEED, 'results');
  const NAMES = [...'abcdefg'];
  /** The same items in groups that are drawn. */
  function drawn(): Group[] {
    const groups: [string[], string[]][] = Array.from({ length: random.int(1, 14) }, () => [[], []]);
    for (const id of NAMES) random.pick(groups)[0].push(id);
    for (const id of ['n', 'o', 'p', 'q', 'r']) random.pick(groups)[1].push(id);
    return groups
      .filter(([left, right]) => left.length + right.length > 0)
      .map(([left, right]) => group(`${random.pick(OUTCOMES)} ${[...left, ...right].join(' ')}`));
  }
  const runs = Array.from({ length: 300 }, () => [drawn(), drawn()] as const);
  const amounts = Object.fromEntries(
    [...NAMES, 'n', 'o', 'p', 'q', 'r'].map((id) => [id, String(random.int(-99, 99))]),
  );
  const compareAll = (before: Group[], after: Group[]): ResultComparison =>
    compareResults(before, after, blockOf(before, amounts));

  it(`are all unchanged when they are equal, seed ${SEED}`, () => {
    for (const [before] of runs) {
      const again = random.shuffled(before.map((one) => structuredClone(one)));
      const result = compareAll(before, again);
      expect(counts(result)).toEqual({ unchanged: before.length });
      expect(result.moves.every(({ from, to }) => from === to)).toBe(true);
    }
  });

  it(`say the opposite the other way round, seed ${SEED}`, () => {
    for (const [before, after] of runs) {
      const [there, back] = [compareAll(before, after), compareAll(after, before)];
      const bare = ({ examples: _, ...rest }: ResultComparison['gained']): object => rest;
      expect(bare(back.lost)).toEqual(bare(there.gained));
      expect(bare(back.gained)).toEqual(bare(there.lost));
      expect(bare(back.changed)).toEqual(bare(there.changed));
      expect(bare(back.goneBreaks)).toEqual(bare(there.newBreaks));
      expect(bare(back.newBreaks)).toEqual(bare(there.goneBreaks));
      expect(back.unchanged).toEqual(there.unchanged);
    }
  });

  it(`put every item into one kind of change, seed ${SEED}`, () => {
    for (const [before, after] of runs) {
      const result = compareAll(before, after);
      const kinds = [result.unchanged, result.gained, result.lost, result.changed];
      expect(kinds.reduce((all, { left }) => all + left, 0)).toBe(NAMES.length);
      expect(kinds.reduce((all, { right }) => all + right, 0)).toBe(5);
      expect(result.moves.reduce((all, { left, right }) => all + left + right, 0)).toBe(NAMES.length + 5);
      for (const results of [result.before, result.after])
        expect(Object.values(results).reduce((all, { left }) => all + left, 0)).toBe(NAMES.length);
    }
  });

  it(`are the same block by block, in any order of the groups, seed ${SEED}`, () => {
    for (const [before, after] of runs.slice(0, 50)) {
      const whole = compareResults(before, after, blockOf(before, amounts), { examples: 0 });
      const shuffled = compareResults(random.shuffled(before), random.shuffled(after), blockOf(before, amounts), {
        examples: 0,
      });
      expect(shuffled).toEqual(whole);
    }
  });
});

describe('a match that people confirmed', () => {
  const confirmed = [{ id: 'b-1', left: ['a', 'b'], right: ['n'], by: 'mara', reason: 'same deal' }];
  const fate = (before: string[], after: string[]): ResultComparison['confirmed'] =>
    compared(before, after, { confirmed }).confirmed;

  it.each<[string, string[], string[], string]>([
    ['is made by the second result itself', ['break a', 'break b', 'break n'], ['matched a b | n'], 'agrees'],
    ['is at least suggested', ['break a', 'break b', 'break n'], ['suggested a b | n'], 'agrees'],
    [
      'stays what it was',
      ['break a', 'break b', 'break n', 'break o'],
      ['break a', 'break b', 'break n', 'timing o'],
      'untouched',
    ],
    ['was suggested and is not any more', ['suggested a b | n'], ['break a', 'break b', 'break n'], 'lost'],
    ['is given another partner', ['break a', 'break b', 'break n', 'break o'], ['matched a b | o', 'break n'], 'lost'],
    ['is given more partners', ['break a', 'break b', 'break n', 'break o'], ['matched a b | n o'], 'lost'],
    ['becomes ambiguous', ['break a', 'break b', 'break n'], ['ambiguous a b | n'], 'lost'],
    ['is of later items', ['break a', 'break b'], ['timing a', 'timing b'], 'absent'],
  ])('%s', (_, before, after, expected) => {
    const { counts: found, lost } = fate(before, after);
    expect(Object.entries(found).filter(([, count]) => count > 0)).toEqual([[expected, 1]]);
    expect(lost.map(({ id }) => id)).toEqual(expected === 'lost' ? ['b-1'] : []);
  });

  it('is named with who confirmed it and what becomes of it', () => {
    const { lost } = fate(['suggested a b | n'], ['matched a | n', 'break b']);
    expect(lost).toMatchObject([
      { by: 'mara', reason: 'same deal', becomes: [{ outcome: 'matched' }, { outcome: 'break' }] },
    ]);
  });

  it('is found across blocks', () => {
    const comparison = createComparison({ confirmed });
    const parts = [[group('break a'), group('break b')], [group('break n')]];
    for (const before of parts)
      comparison.add(
        blockOf(before),
        before,
        before.map((one) => structuredClone(one)),
      );
    expect(comparison.result().confirmed.counts).toMatchObject({ untouched: 1 });
  });
});

import { createRandom } from '@tieout/testing/programs';
import { describe, expect, it } from 'vitest';
import type { Block, Item } from '../item.ts';
import { parseRuleSet } from '../parse-rule-set.ts';
import type { RuleSet } from '../rule-set.ts';
import { createBackTest, type ComparedRules } from './back-test.ts';
import type { ResultComparison } from './result-comparison.ts';
import { item } from './results.fixture.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_331);
const CONTEXT = { asOf: '2026-03-31', rates: [] };

const rules = (over: object = {}, rule: object = {}): RuleSet =>
  parseRuleSet({
    name: 'spec',
    rules: [{ kind: 'match', name: 'exact', keys: ['reference'], outcome: 'matched', ...rule }],
    ...over,
  });
const referred = (id: string, reference: string, over: Partial<Item> = {}): Item => ({
  ...item(id),
  reference,
  ...over,
});

/** As a reader gives them: sorted by the key, one block for each. */
function tested(compared: ComparedRules, { left, right }: Block): ResultComparison & { blocks: number } {
  const test = createBackTest(compared, CONTEXT);
  const keys = [...new Set([...left, ...right].map(test.keyOf))].toSorted();
  const of = (key: string, items: readonly Item[]): Item[] => items.filter((one) => test.keyOf(one) === key);
  for (const key of keys) test.add({ left: of(key, left), right: of(key, right) });
  return { ...test.result(), blocks: keys.length };
}

describe('a back-test', () => {
  const block: Block = {
    left: [referred('a', 'X1'), referred('b', 'X2')],
    right: [referred('n', 'X1'), referred('o', 'X2', { amount: '1.01' })],
  };

  it('says what wider rules gain', () => {
    const result = tested({ before: rules(), after: rules({}, { amount: { minorUnits: 1 } }) }, block);
    expect([result.unchanged.cases, result.gained.cases, result.gained.by]).toEqual([1, 1, { exact: 1 }]);
    expect(result.gained.examples[0]?.items.map(({ id }) => id)).toEqual(['b', 'o']);
  });

  it('compares with nothing where no rules were', () => {
    const { before, gained, goneBreaks } = tested({ before: null, after: rules() }, block);
    expect(before.break).toMatchObject({ cases: 4, left: 2, right: 2, value: { EUR: '4.01' } });
    expect([gained.cases, goneBreaks.by]).toEqual([1, { 'missing-left': 1, 'missing-right': 1 }]);
  });

  it('tears nothing apart that either rule set puts together, whatever they make blocks by', () => {
    const [acme, bolt] = [{ counterparty: 'Acme' }, { counterparty: 'Bolt' }];
    const items: Block = {
      left: [referred('a', 'X1', acme), referred('b', 'X2', acme)],
      right: [referred('n', 'X1', bolt), referred('o', 'X2', acme)],
    };
    const narrow = rules({ block: ['counterparty', 'currency'] });
    const wide = rules({ block: ['currency'] });
    const result = tested({ before: narrow, after: wide }, items);
    expect([result.blocks, result.gained.cases, result.unchanged.cases]).toEqual([1, 1, 1]);
    expect(tested({ before: wide, after: narrow }, items).lost.cases).toBe(1);
    expect(createBackTest({ before: narrow, after: rules({ block: ['legalEntity'] }) }, CONTEXT).fields).toEqual([]);
  });

  it(`of the same rules changes nothing, and is opposite the other way round, seed ${SEED}`, () => {
    const random = createRandom(SEED, 'back-test');
    const [loose, strict] = [rules({}, { amount: { absolute: '2' } }), rules({}, { date: { from: 0, to: 0 } })];
    for (let run = 0; run < 50; run += 1) {
      const drawn = (side: string): Item[] =>
        Array.from({ length: random.int(0, 12) }, (_, n) =>
          referred(`${side}${n}`, `R${random.int(1, 8)}`, {
            amount: String(random.int(1, 4)),
            date: `2026-03-0${random.int(1, 3)}`,
          }),
        );
      const items = { left: drawn('l'), right: drawn('r') };
      const same = tested({ before: loose, after: structuredClone(loose) }, items);
      expect(same.gained.cases + same.lost.cases + same.changed.cases + same.newBreaks.cases).toBe(0);
      const [there, back] = [
        tested({ before: loose, after: strict }, items),
        tested({ before: strict, after: loose }, items),
      ];
      expect([back.gained.cases, back.lost.cases, back.changed.cases]).toEqual([
        ...[there.lost.cases, there.gained.cases, there.changed.cases],
      ]);
    }
  });
});

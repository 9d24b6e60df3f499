import { randomInt } from 'node:crypto';
import { parseRuleSet, splitBlock } from '@tieout/matching';
import type { Item, RuleSet } from '@tieout/matching';
import { createDatabase } from '@tieout/testing';
import { createRandom, type Random } from '@tieout/testing/programs';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';
import { exactPairsOf } from './exact-pairs.ts';
import { placed } from './item-row.ts';
import { putItems } from './item.store.ts';
import { readSplitBlocks } from './split-reader.store.ts';

let dataSource: DataSource;
let comparisonId: number;

beforeAll(async () => {
  const { url } = await createDatabase('split');
  const migrations = [...service.migrations];
  dataSource = await new DataSource({ type: 'postgres', url, migrations, poolSize: 4 }).initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  const rows = await dataSource.query<{ comparison_id: number }[]>(
    `INSERT INTO comparison (name, definition, definition_hash, state) VALUES ('c', '{}', '', 'inactive') RETURNING comparison_id`,
  );
  comparisonId = rows[0]?.comparison_id ?? 0;
});
afterAll(() => dataSource?.destroy());
beforeEach(() => dataSource.query('TRUNCATE comparison_item'));

const rules = (first: object, ...block: string[]): RuleSet =>
  parseRuleSet({ name: 'r', block, rules: [{ kind: 'match', name: 'first', outcome: 'matched', ...first }] });
const RULES: readonly (readonly [string, RuleSet])[] = [
  ['keys alone', rules({ keys: ['reference'] }, 'counterparty', 'currency')],
  ['a window', rules({ keys: ['reference'], date: { from: -2, to: 3 } }, 'currency')],
  ['opposite signs', rules({ keys: ['reference'], sign: 'opposite' }, 'currency')],
  [
    'texts that are written otherwise, and conditions',
    rules(
      {
        keys: [
          { field: 'reference', normalise: ['upper'] },
          { left: 'counterparty', right: 'fields.who' },
        ],
        ...{ agree: ['legalEntity'], when: { left: [{ field: 'amount', min: '2' }] } },
      },
      'currency',
    ),
  ],
];

/** So few different texts that most of them meet. */
function someItems(random: Random, side: string, sign: string): Item[] {
  return Array.from({ length: 150 }, (_, n) => ({
    id: random.chance(3) ? `${side}\n"${n}\\` : `${side}, {${n}}`,
    amount: `${sign}${random.pick(['1.5', '20', '300.25', '4000'])}`,
    currency: random.pick(['EUR', 'JPY']),
    date: random.chance(10) ? null : `2026-01-${String(random.int(10, 19))}`,
    reference: random.chance(10) ? null : `${random.pick(['n', 'N'])}${random.int(1, 40)}`,
    counterparty: random.pick(['Ä\t1', 'B', null]),
    text: null,
    legalEntity: random.pick(['L1', null]),
    reverses: null,
    changedAt: null,
    fields: { who: random.pick(['Ä\t1', 'B']) },
  }));
}

describe('the blocks of two sides', () => {
  it.each(RULES)('are split as the pure function splits them: %s', async (_, ruleSet) => {
    const seed = randomInt(1_000_000);
    console.info(`seed ${seed}`);
    const random = createRandom(seed, 'split');
    const first = ruleSet.rules[0];
    const isOpposite = first?.kind === 'match' && first.sign === 'opposite';
    const sides = [someItems(random, 'l', ''), someItems(random, 'r', isOpposite ? '-' : '')] as const;
    const items = sides.flatMap((some, side) => some.map((item) => placed(item, side, ruleSet)));
    await dataSource.transaction((tx) => putItems(tx, comparisonId, items));
    const date = first?.kind === 'match' ? first.date : null;
    const byBlock = Map.groupBy(items, ({ block }) => block);
    let pairs = 0;
    const read: string[] = [];
    for await (const block of readSplitBlocks(dataSource, comparisonId, { date, isOpposite }, 40)) {
      const of = (side: number): Item[] =>
        (byBlock.get(block.block) ?? []).flatMap((one) => (one.side === side ? [one.item] : []));
      const split = splitBlock({ left: of(0), right: of(1) }, ruleSet)!;
      expect(block.pairs).toEqual(exactPairsOf(split));
      expect(block.sides).toEqual([byId(split.rest.left), byId(split.rest.right)]);
      read.push(block.block);
      pairs += block.pairs.count;
    }
    expect(read).toEqual([...byBlock.keys()].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(pairs).toBeGreaterThan(0);
  });

  it('are those of one moment, and may be left early', async () => {
    const ruleSet = rules({ keys: ['reference'] }, 'currency');
    const item = (n: number): Item => ({
      ...{ id: String(n), amount: '1', currency: `C${n}`, date: null, reference: 'R', counterparty: null },
      ...{ text: null, legalEntity: null, reverses: null, changedAt: null, fields: {} },
    });
    const items = Array.from({ length: 100 }, (_, n) => placed(item(n), n % 2, ruleSet));
    await dataSource.transaction((tx) => putItems(tx, comparisonId, items));
    const rule = { date: null, isOpposite: false };
    for (let n = 0; n < 6; n += 1) for await (const _ of readSplitBlocks(dataSource, comparisonId, rule, 5)) break;
    let count = 0;
    for await (const _ of readSplitBlocks(dataSource, comparisonId, rule, 5)) {
      if (count === 0) await dataSource.query('DELETE FROM comparison_item');
      count += 1;
    }
    expect(count).toBe(100);
  });
});

const byId = (items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));

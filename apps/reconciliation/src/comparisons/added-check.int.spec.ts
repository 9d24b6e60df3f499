import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRuleSet } from '@tieout/matching';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TestComparisons } from '../../test/comparison-desk.ts';
import { ContractWorld } from '../../test/contract-world.ts';
import { snapshotOf } from '../../test/taken-snapshot.ts';

const PAGE = path.resolve(import.meta.dirname, '../../../../docs/how-to/add-a-check.md');
/** The YAML of the page, in order. */
const [definition, rules] = [...readFileSync(PAGE, 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text]) => parse(text ?? '') as { name: string; rules: unknown },
);

let comparisons: TestComparisons;
afterAll(() => comparisons.close());

describe('a check, added as the how-to shows it', () => {
  it('finds what the topic says otherwise than the ERP', async () => {
    const deals = [1, 2, 3].map((n) => ({ id: String(n), date: '2026-01-02', gross: String(n * 10) }));
    const world = new ContractWorld(deals, [], []);
    const main = { ...definition!, sides: (definition as unknown as { sides: { of: string }[] }).sides };
    main.sides = main.sides.map((side) => ({
      ...side,
      of: side.of.replace('@netsuite', `@netsuite:${world.instance}`),
    }));
    expect(parseRuleSet(rules).name).toBe(definition?.rules);
    comparisons = await TestComparisons.open([main], { [String(definition?.rules)]: rules }, '2026-01-31');
    const [one, two] = deals.map((deal) => world.invoice(deal));
    const changed = { ...two!, gross: '21' };
    await comparisons.consume(
      'finance.invoice.v1',
      [one!, changed].map((invoice) => [invoice.invoiceId, invoice]),
    );
    comparisons.snapshotRunId = await snapshotOf(comparisons, world, 'invoice', world.raw()['invoice@netsuite'] ?? []);
    await comparisons.start();
    const run = await comparisons.run(main.name, randomUUID());
    expect(run).toMatchObject({ status: 'breaks', reasons: [], changedBlocks: 0 });
    const { breaks } = await comparisons.results();
    expect(breaks.map(({ kind, expected, actual }) => [kind, expected, actual]).toSorted()).toEqual([
      ['amount', '20', '21'],
      ['missing-right', '30', null],
    ]);
  });
});

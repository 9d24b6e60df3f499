import { decideBlock, defaultRules, detectSign, type Group } from '@tieout/matching';
import { createWorld, KINDS, sceneOf } from '@tieout/testing/reconciliation-truth';
import { stringify } from 'csv-stringify/sync';
import { afterAll, expect, it } from 'vitest';
import { workbench } from './reconcile.fixture.ts';

const bench = workbench();
afterAll(() => bench[Symbol.dispose]());

const COLUMNS = ['id', 'date', 'amount', 'currency', 'reference', 'counterparty', 'text', 'legalEntity', 'reverses'];
const RATE_COLUMNS = ['from', 'to', 'date', 'rate', 'source'];
const csv = (columns: string[], rows: readonly object[]): string => stringify([...rows], { header: true, columns });

const byIds = (groups: readonly Group[]): Group[] =>
  groups.toSorted((a, b) => (JSON.stringify([a.left, a.right]) < JSON.stringify([b.left, b.right]) ? -1 : 1));

it('the way through files decides what the matching decides, of every planted kind', async () => {
  const { policy, rates, ...world } = createWorld({ seed: 1, cases: KINDS.length, dense: 0 });
  const scene = sceneOf({ policy, rates, ...world }, 'second');
  const rules = defaultRules(detectSign(scene));
  const direct = decideBlock(scene, rules, { asOf: policy.asOf, rates });
  const { result } = await bench.run(csv(COLUMNS, scene.left), csv(COLUMNS, scene.right), {
    asOf: policy.asOf,
    rates: bench.file('rates.csv', csv(RATE_COLUMNS, rates)),
    decimal: { left: 'point', right: 'point' },
  });
  expect(direct.length).toBeGreaterThan(KINDS.length / 2);
  expect(byIds(result!.groups)).toEqual(byIds(direct));
});

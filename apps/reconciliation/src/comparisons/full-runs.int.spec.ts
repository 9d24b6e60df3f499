import { randomUUID } from 'node:crypto';
import { canonicalId } from '@tieout/canonical';
import { eventually } from '@tieout/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { TestComparisons } from '../../test/comparison-desk.ts';
import { ContractWorld } from '../../test/contract-world.ts';
import { snapshotOf } from '../../test/taken-snapshot.ts';
import { requestComparisonRun } from './comparison-run.store.ts';
import { ComparisonWorker } from './comparison.worker.ts';
import { postponedBlocks } from './dirty.store.ts';
import { findComparison } from './comparison.store.ts';

const RULES = {
  ...{ name: 'rules', block: ['currency'] },
  rules: [
    { kind: 'match', name: 'reference', keys: ['reference'], outcome: 'matched' },
    { kind: 'timing', name: 'young', days: 5 },
  ],
};
const side = (name: string, of: string) => ({ name, of });
const comparison = (...sides: readonly object[]) => ({
  ...{ name: 'c', description: 'd', owner: 'o', rules: 'rules' },
  sides,
});
const INVOICES_PAYMENTS = comparison(side('invoice', 'topic:invoice'), side('payment', 'topic:payment'));

let comparisons: TestComparisons;
afterEach(() => comparisons.close());
const open = async (definition: object): Promise<void> => {
  comparisons = await TestComparisons.open([definition], { rules: RULES }, '2026-01-20');
};
const stored = async () => (await findComparison(comparisons.desk.dataSource.manager, 'c'))!;
const breaks = async () => (await comparisons.results()).breaks;

describe('a full run', () => {
  it('is incomplete while a topic is not consumed to its end, and nothing is decided then', async () => {
    await open(INVOICES_PAYMENTS);
    const world = new ContractWorld([{ id: '1', date: '2026-01-02', gross: '5' }], [], []);
    comparisons.caughtUp = false;
    const [deal] = world.deals;
    await comparisons.consume('finance.invoice.v1', [[world.invoiceId('1'), world.invoice(deal!)]]);
    await comparisons.start();
    expect(await stored()).toMatchObject({
      state: 'incomplete',
      reasons: [expect.stringMatching(/^invoice \(topic:invoice\): not everything/), expect.stringMatching(/^payment/)],
    });
    await comparisons.decideMarked();
    expect(await comparisons.results()).toMatchObject({ blocks: [], breaks: [] });
    comparisons.caughtUp = true;
    expect(await comparisons.run('c', randomUUID())).toMatchObject({ status: 'breaks', changedBlocks: 1 });
    expect((await stored()).state).toBe('live');
  });

  it('decides again what was timing once its time is over', async () => {
    await open(INVOICES_PAYMENTS);
    const world = new ContractWorld([{ id: '1', date: '2026-01-18', gross: '5' }], [], []);
    await comparisons.consume('finance.invoice.v1', [[world.invoiceId('1'), world.invoice(world.deals[0]!)]]);
    await comparisons.start();
    expect(await breaks()).toEqual([]);
    for (const [today, open] of [
      ['2026-01-23', 0],
      ['2026-01-24', 1],
    ] as const) {
      comparisons.today = today;
      await comparisons.start();
      await comparisons.decideMarked();
      expect([today, (await breaks()).length]).toEqual([today, open]);
    }
  });

  it('takes other rules into use, with other blocks', async () => {
    await open(INVOICES_PAYMENTS);
    const world = new ContractWorld([{ id: '1', date: '2026-01-02', gross: '5', paid: '5' }], [], []);
    const [deal] = world.deals;
    const payment = { ...world.payment(deal!), number: 'INV1', legalEntityId: 'another' };
    await comparisons.consume('finance.invoice.v1', [[world.invoiceId('1'), world.invoice(deal!)]]);
    await comparisons.consume('finance.payment.v1', [[payment.paymentId, payment]]);
    await comparisons.start();
    expect(await breaks()).toEqual([]);
    comparisons.rules['rules'] = { ...RULES, block: ['legalEntity', 'currency'] };
    await comparisons.start();
    await comparisons.decideMarked();
    const { blocks, breaks: found } = await comparisons.results();
    expect(blocks).toHaveLength(2);
    expect(found.map(({ kind }) => kind).toSorted()).toEqual(['missing-left', 'missing-right']);
    expect(await stored()).toMatchObject({ state: 'live', rules: { ruleSet: { block: ['legalEntity', 'currency'] } } });
  });

  it('closes breaks of which nothing stands, also when what was decided before is lost', async () => {
    await open(INVOICES_PAYMENTS);
    const deals = [1, 2].map((n) => ({ id: String(n), date: '2026-01-02', gross: String(n) }));
    const world = new ContractWorld(deals, [], []);
    const invoices = deals.map((deal) => [world.invoiceId(deal.id), world.invoice(deal)] as const);
    await comparisons.consume('finance.invoice.v1', invoices);
    await comparisons.start();
    expect((await breaks()).map(({ status }) => status)).toEqual(['OPEN', 'OPEN']);
    await comparisons.desk.dataSource.query('DELETE FROM comparison_block');
    await comparisons.consume('finance.invoice.v1', [
      [invoices[0]![0], { ...invoices[0]![1], revision: 2n, lifecycle: 'VOIDED' }],
    ]);
    await comparisons.run('c', randomUUID());
    const after = await breaks();
    expect(after.map(({ expected, status }) => `${expected} ${status}`).toSorted()).toEqual(['1 CLOSED', '2 OPEN']);
  });

  it('that fails says why, and a block that fails lets the others go on', async () => {
    await open(INVOICES_PAYMENTS);
    const deals = [1, 2].map((n) => ({ id: String(n), date: '2026-01-02', gross: String(n) }));
    const world = new ContractWorld(deals, [], []);
    const [usd, eur] = deals.map((deal, n) => ({ ...world.invoice(deal), currency: ['USD', 'EUR'][n]! }));
    await comparisons.consume('finance.invoice.v1', [[usd!.invoiceId, usd!]]);
    await comparisons.start();
    const { manager } = comparisons.desk.dataSource;
    await manager.query(`UPDATE comparison_item SET amount = 'no number'`);
    await manager.query(
      `INSERT INTO dirty_block (comparison_id, block) SELECT comparison_id, block FROM comparison_block`,
    );
    await comparisons.consume('finance.invoice.v1', [[eur!.invoiceId, eur!]]);
    await comparisons.decideMarked();
    const { blocks, marks } = await comparisons.results();
    expect([blocks.length, marks, await postponedBlocks(manager)]).toEqual([2, 1, 1]);
    const worker = new ComparisonWorker({ ...comparisons.desk, pollMs: 5, intervalMs: 0, delayMs: 0 });
    const { comparisonId } = await stored();
    await requestComparisonRun(manager, { runId: randomUUID(), comparisonId, trigger: 'request', asOf: null });
    await worker.start();
    try {
      await eventually(async () => ((await stored()).state === 'incomplete' ? true : null));
    } finally {
      await worker.stop();
    }
    expect((await stored()).reasons).toEqual([expect.stringMatching(/^it failed: .*no number/)]);
  });

  it('up to a date reports what was there until then, and changes nothing', async () => {
    await open(INVOICES_PAYMENTS);
    const deals = [
      { id: '1', date: '2026-01-02', gross: '5' },
      { id: '2', date: '2026-01-12', gross: '7' },
    ];
    const world = new ContractWorld(deals, [], []);
    await comparisons.consume(
      'finance.invoice.v1',
      deals.map((deal) => [world.invoiceId(deal.id), world.invoice(deal)]),
    );
    await comparisons.start();
    const before = await comparisons.results();
    const report = await comparisons.run('c', randomUUID(), '2026-01-05');
    expect(report).toMatchObject({ status: 'timing', asOf: '2026-01-05', changedBlocks: 0 });
    expect(report.figures).toMatchObject([{ outcome: 'timing', items: 1, amount: '5', currency: 'USD' }]);
    expect(await comparisons.results()).toEqual(before);
  });
});

describe('a side that a snapshot fills', () => {
  const world = new ContractWorld(
    [
      { id: '1', date: '2026-01-02', gross: '5', paid: '5' },
      { id: '2', date: '2026-01-02', gross: '7', paid: '7' },
    ],
    [],
    [],
  );
  const definition = comparison(
    { ...side('topic', 'topic:payment'), instances: [world.instance] },
    side('erp', `snapshot:payment@netsuite:${world.instance}`),
  );
  const taken = async (rows: readonly Record<string, string>[], reasons: readonly string[] = []): Promise<void> => {
    comparisons.snapshotRunId = await snapshotOf(comparisons, world, 'payment', rows, reasons);
  };

  it('is what the system held when the run asked it, or incomplete with the reason', async () => {
    await open(definition);
    const rows = world.raw()['payment@netsuite'] ?? [];
    await comparisons.consume(
      'finance.payment.v1',
      world.payments().map((payment) => [payment.paymentId, payment]),
    );
    await taken(rows, ['payment@netsuite: 1 of 2 items']);
    await comparisons.start();
    expect((await stored()).reasons).toEqual([`erp (snapshot:payment@netsuite:${world.instance}): 1 of 2 items`]);

    await taken([rows[0]!, { ...rows[1], trandate: 'soon' }]);
    expect((await comparisons.run('c', randomUUID())).reasons[0]).toMatch(/^erp: cannot be read: p2: /);

    await taken(rows);
    expect(await comparisons.run('c', randomUUID())).toMatchObject({
      status: 'clean',
      completeness: [
        { side: 'topic', complete: true, items: 2 },
        { side: 'erp', complete: true, items: 2 },
      ],
    });

    // The topic may know more than a snapshot that was taken before: only a run decides, and what changed lately is timing.
    await taken([rows[0]!]);
    const [, second] = world.payments();
    const moved = { ...second!, revision: 2n, source: { ...second!.source, changedAt: new Date().toISOString() } };
    await comparisons.consume('finance.payment.v1', [[moved.paymentId, { ...moved, amount: '8' }]]);
    await comparisons.decideMarked();
    expect(await breaks()).toEqual([]);
    expect(await comparisons.run('c', randomUUID())).toMatchObject({ status: 'timing' });
    await comparisons.consume('finance.payment.v1', [[moved.paymentId, { ...second!, revision: 3n }]]);
    expect(await comparisons.run('c', randomUUID())).toMatchObject({ status: 'breaks' });
    const object = canonicalId('netsuite', world.instance, 'customerPayment', 'p2');
    expect(await breaks()).toMatchObject([{ kind: 'missing-right', expected: '7', actual: null, status: 'OPEN' }]);
    expect(object).toBe(world.payments()[1]!.paymentId);
  });
});

import { eventually, takeTurns } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContractWorld } from '../test/contract-world.ts';
import { openBus } from '../test/fixture-bus.ts';
import type { Bus } from '../test/fixture-bus.ts';
import { FixtureService, named } from '../test/fixture-service.ts';
import type { ApiBreak, Rows } from '../test/fixture-service.ts';
import { CHECKS } from './checks/difference.ts';

takeTurns('reconciliation');

// A run waits for all that the shared topics hold, also for what other spec files wrote.
vi.setConfig({ testTimeout: 240_000 });

const SIDES = [
  ...['customer@salesforce', 'contract@salesforce', 'contract-line@salesforce', 'customer@netsuite', 'order@netsuite'],
  ...['invoice@netsuite', 'invoice-line@netsuite', 'credit-memo@netsuite', 'payment@netsuite', 'cell@anaplan'],
  ...['forecast@anaplan', 'cost-center@anaplan'],
];
/** An invoice partly paid and partly credited, one that is open, and one that nobody sold by contract. */
const DEALS = [
  { id: '1', date: '2026-01-31', gross: '80', paid: '70', paidOn: '2026-02-10', credited: '10' },
  { id: '2', date: '2026-02-28', gross: '20.01' },
  { id: '3', date: '2026-02-05', gross: '7.06', paid: '7.06' },
];
const SALES = [
  {
    id: '800A',
    lines: [
      { id: 'a01', billOn: '2026-01-31', net: '80', by: '1' },
      { id: 'a02', billOn: '2026-02-28', net: '20.01', by: '2' },
      { id: 'a03', billOn: '2026-03-31', net: '0.99' },
    ],
  },
  { id: '800B', lines: [{ id: 'a04', billOn: '2026-04-30', net: '50' }] },
  { id: '800C', status: 'Draft', lines: [{ id: 'a05', billOn: '2026-04-30', net: '1' }] },
];
const PLAN = [
  { lineItem: 'Billings', month: '2026-04', amount: '1500.25' },
  { lineItem: 'Collections', month: '2026-04', amount: '-3' },
];

let bus: Bus;
let world: ContractWorld;
let service: FixtureService;

beforeAll(async () => {
  bus = await openBus();
});
afterAll(() => bus.close());
beforeEach(async () => {
  world = new ContractWorld(DEALS, SALES, PLAN);
  service = await FixtureService.create(bus, world.instance, SIDES);
});
afterEach(() => service.stop());

/** A row of what the systems hold, to be changed. */
const row = (rows: Rows, side: string, index = 0): Record<string, string> => {
  const found = rows[side]?.[index];
  if (found === undefined) throw new Error(`no row ${index} of ${side}`);
  return found;
};
const change = (side: string, index: number, fields: Record<string, string>) => (rows: Rows) =>
  void Object.assign(row(rows, side, index), fields);
const add = (side: string, index: number, fields: Record<string, string>) => (rows: Rows) =>
  void rows[side]?.push({ ...row(rows, side, index), ...fields });
const remove = (side: string, index: number) => (rows: Rows) => void rows[side]?.splice(index, 1);

const [ORDER, LINE, FORECAST] = ['order@netsuite', 'invoice-line@netsuite', 'forecast@anaplan'];

const WRONG: [string, (rows: Rows) => void, string[]][] = [
  ['an order is lost in the ERP', remove(ORDER, 1), ['orders-crm-erp missing', 'orders-erp-topic extra']],
  [
    'the ERP has an order that nobody sold',
    add(ORDER, 0, { id: 'o9', tranid: 'SO9', custbody_contract: '' }),
    ['orders-crm-erp extra', 'orders-erp-topic missing'],
  ],
  [
    'an order is there twice',
    add(ORDER, 1, { id: 'o9', tranid: 'SO9' }),
    ['orders-crm-erp duplicate', 'orders-erp-topic missing'],
  ],
  [
    'an unbilled order line is a cent too much',
    change(ORDER, 1, { net: '50.01', unbillednet: '50.01', foreigntotal: '50.01' }),
    ['contract-billing net', 'orders-erp-topic amount', 'orders-erp-topic unbilled'],
  ],
  [
    'an order is in another currency',
    change(ORDER, 1, { currency: 'EUR' }),
    ['orders-crm-erp currency', 'orders-erp-topic currency'],
  ],
  ['an order is for another customer', change(ORDER, 1, { entity: '78' }), ['orders-crm-erp customer']],
  ['an order is another company’s', change(ORDER, 1, { subsidiaryname: 'X' }), ['orders-crm-erp legal-entity']],
  [
    'an order stems from another contract',
    change(ORDER, 1, { custbody_contract: 'x' }),
    [...['orders-crm-erp extra', 'orders-crm-erp missing', 'orders-erp-topic contract']],
  ],
  ['a line is billed in the next month', change(LINE, 0, { trandate: '2026-02-01' }), ['contract-billing period']],
  ['a line is billed to another customer', change(LINE, 0, { entity: '78' }), ['contract-billing customer']],
  [
    'a line is billed that was not sold',
    change(LINE, 0, { custcol_billing_id: 'x' }),
    ['contract-billing unknown-billing'],
  ],
  [
    'a line is billed in another currency beside what is left',
    add(LINE, 0, { id: '9/1', transaction: '9', tranid: 'INV9', currency: 'EUR', custcol_billing_id: '' }),
    ['contract-billing currency'],
  ],
  [
    'a line is billed twice',
    add(LINE, 0, { id: '9/1', transaction: '9', tranid: 'INV9' }),
    ['contract-billing duplicate', 'contract-billing net'],
  ],
  [
    'a contract is billed that nobody knows',
    add(LINE, 0, { id: '9/1', transaction: '9', tranid: 'INV9', custbody_contract: 'x' }),
    ['contract-billing unknown-contract'],
  ],
  [
    'a payment waits to be applied',
    change('payment@netsuite', 0, { foreignpaymentamountunused: '5' }),
    ['payments-erp-topic unapplied', 'unapplied-payments unapplied'],
  ],
  [
    'a credit memo is a cent more in the ERP',
    change('credit-memo@netsuite', 0, { foreigntotal: '10.01' }),
    ['credit-memos-erp-topic amount'],
  ],
  [
    'a contract line is changed in the CRM',
    change('contract-line@salesforce', 3, { Net_Amount__c: '49.99' }),
    ['contract-billing net'],
  ],
  ['a draft is activated', change('contract@salesforce', 2, { Status: 'Activated' }), ['orders-crm-erp missing']],
  ['a contract is no longer active', change('contract@salesforce', 1, { Status: 'Draft' }), ['orders-crm-erp extra']],
  [
    'a contract line cannot be read',
    change('contract-line@salesforce', 4, { Bill_On__c: 'soon' }),
    ['contract-billing unreadable'],
  ],
  ['planning has changed a cell', change(FORECAST, 0, { amount: '1500.26' }), ['forecast-planning-topic amount']],
  ['planning has emptied a cell', remove(FORECAST, 1), ['forecast-planning-topic extra']],
  ['planning has a cell more', add(FORECAST, 0, { id: 'x', month: '2026-05' }), ['forecast-planning-topic missing']],
];

describe('contracts, orders, credit memos and forecasts', () => {
  it('tie out where every system says the same, and the systems stand side by side', async () => {
    await world.publish(bus);
    await service.start();
    const clean = await service.run(world.raw());
    expect(clean).toMatchObject({ status: 'clean', reasons: [], findings: [] });
    expect(clean.checks.toSorted()).toEqual([...CHECKS].toSorted());

    const held = await service.get<{
      run: { runId: string };
      systems: { object: string; system: string }[];
      topics: object[];
    }>('/systems');
    expect(held.run.runId).toBe(clean.runId);
    expect(held.systems.map(({ object, system }) => `${object}@${system}`).toSorted()).toEqual(SIDES.toSorted());
    expect(held.systems.find(({ object }) => object === 'order')).toEqual({
      ...{ object: 'order', system: 'netsuite', instance: world.instance, count: 2, complete: true, error: null },
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      sums: [
        { name: 'net', currency: 'USD', amount: '151' },
        { name: 'unbilled', currency: 'USD', amount: '50.99' },
      ],
    });
    const usd = (figures: Record<string, string>) =>
      Object.entries(figures).map(([name, amount]) => ({ name, currency: 'USD', amount }));
    expect(held.topics).toEqual([
      { topic: 'finance.contract.v1', keys: 3, sums: usd({ net: '152' }) },
      { topic: 'finance.credit-memo.v1', keys: 1, sums: usd({ amount: '10', applied: '10', unapplied: '0' }) },
      { topic: 'finance.customer-account.v1', keys: 0, sums: [] },
      { topic: 'finance.customer.v1', keys: 0, sums: [] },
      { topic: 'finance.forecast-version.v1', keys: 1, sums: [] },
      { topic: 'finance.forecast.v1', keys: 2, sums: usd({ Billings: '1500.25', Collections: '-3' }) },
      { topic: 'finance.invoice.v1', keys: 3, sums: usd({ gross: '107.07', open: '20.01', paid: '87.06' }) },
      { topic: 'finance.legal-entity.v1', keys: 1, sums: [] },
      { topic: 'finance.order.v1', keys: 2, sums: usd({ net: '151', unbilled: '50.99' }) },
      { topic: 'finance.payment.v1', keys: 2, sums: usd({ amount: '77.06', applied: '77.06', unapplied: '0' }) },
    ]);
    expect(await service.get(`/systems?runId=${clean.runId}`)).toEqual(held);
    expect(await service.get('/systems?runId=x', 400)).toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('show exactly the breaks of each thing that is wrong alone, and close them once it is right', async () => {
    await world.publish(bus);
    await service.start();
    for (const [what, make, expected] of WRONG) {
      const rows = world.raw();
      make(rows);
      const first = await service.run(rows);
      const found = first.timing > 0 ? await service.followUp(first, rows) : first;
      expect([what, named(await service.openBreaks())]).toEqual([what, expected.toSorted()]);
      expect([what, found.status, found.timing]).toEqual([what, 'breaks', 0]);
    }
    const missing = await service.get<{ breaks: ApiBreak[] }>('/breaks?kind=missing&check=orders-crm-erp');
    expect(missing.breaks.map(({ status, object }) => [status, object]).toSorted()).toEqual(
      ['800B', '800C'].map((id) => ['CLOSED', world.contractId(id)]).toSorted(),
    );
    expect(await service.get(`/breaks/${missing.breaks[0]?.breakId}`)).toMatchObject({
      evidence: { contract: expect.stringMatching(/^0000800/), crm: expect.stringMatching(/^800/) },
    });
    expect(await service.get('/breaks?kind=no%20kind', 400)).toMatchObject({ code: 'INPUT_INVALID' });
    expect(await service.run(world.raw())).toMatchObject({ status: 'clean' });
    expect(await service.openBreaks()).toEqual([]);
  });

  it('give a credit memo that is on its way time to arrive, and take its absence for a break after that', async () => {
    const publish = world.publishCreditMemos.bind(world, bus);
    world.publishCreditMemos = () => Promise.resolve();
    await world.publish(bus);
    await service.start();
    const expected = ['credit-memos-erp-topic missing', 'invoice-balance balance'];
    const first = await service.run(world.raw());
    expect([first.status, named(first.findings)]).toEqual(['timing', expected]);
    const second = await service.followUp(first, world.raw());
    expect(second.status).toBe('breaks');
    const breaks = await service.openBreaks();
    expect(named(breaks)).toEqual(expected);
    expect(breaks.find(({ kind }) => kind === 'balance')).toMatchObject({
      ...{ object: world.invoiceId('1'), expected: '80', actual: '70' },
      evidence: { credited: '0', creditedAsTheInvoiceSays: '10', creditsFrom: 'credit memos' },
    });
    await publish();
    expect(await service.run(world.raw())).toMatchObject({ status: 'clean' });
  });

  it('call a version of the forecast unusable whose cells do not add up to its header', async () => {
    await world.publish(bus);
    await world.publishForecast(bus, { revision: 2n, cellCount: 3n });
    await service.start();
    const first = await service.run(world.raw());
    await service.followUp(first, world.raw());
    expect(await service.openBreaks()).toMatchObject([
      {
        ...{ check: 'forecast-planning-topic', kind: 'unusable', object: 'Forecast' },
        evidence: { revision: '2', cells: '2', cellsOfTheRevision: '0' },
      },
    ]);
  });

  it('up to a date leave contracts out and compare the documents until then', async () => {
    await world.publish(bus);
    await service.start();
    const rows = world.raw();
    for (const side of ['order@netsuite', 'invoice@netsuite', 'invoice-line@netsuite', 'credit-memo@netsuite'])
      rows[side] = (rows[side] ?? []).filter(({ trandate = '' }) => trandate <= '2026-02-10');
    rows['payment@netsuite'] = (rows['payment@netsuite'] ?? []).filter(({ trandate = '' }) => trandate <= '2026-02-10');
    remove('order@netsuite', 1)(rows);
    const early = await service.run(rows, { asOf: '2026-02-10' });
    expect(named(early.findings)).toEqual(['orders-erp-topic extra']);
    expect(early.checks.toSorted()).toEqual(
      CHECKS.filter((check) => !['orders-crm-erp', 'contract-billing', 'billing-schedule'].includes(check)).toSorted(),
    );
  });

  it('find nothing where nobody has contracts, credit memos or a forecast', async () => {
    world = new ContractWorld([{ id: '1', date: '2026-01-10', gross: '100', paid: '40' }], [], []);
    await service.stop();
    service = await FixtureService.create(bus, world.instance, SIDES);
    await world.publish(bus);
    await service.start();
    const clean = await service.run({ ...world.raw(), 'forecast@anaplan': [] });
    expect(clean).toMatchObject({ status: 'clean', findings: [] });
    expect(clean.checks.toSorted()).toEqual([...CHECKS].toSorted());
  });

  it('are not judged by orders that were not consumed to their end', async () => {
    await world.publish(bus);
    await service.start();
    expect(await service.run(world.raw())).toMatchObject({ status: 'clean' });
    const order = world.order(SALES[1]!);
    const database = await new DataSource({ type: 'postgres', url: service.databaseUrl }).initialize();
    try {
      await database.transaction(async (tx) => {
        // Whoever consumes a later revision of the order waits for this.
        await tx.query(`SELECT 1 FROM reconciliation.topic_state WHERE key = $1 FOR UPDATE`, [order.orderId]);
        const later = [2n, 3n].map((revision) => ({ key: order.orderId, value: { ...order, revision, gross: '49' } }));
        await bus.send('finance.order.v1', later);
        const { runId } = await service.post({});
        await service.answer(runId, world.raw());
        await eventually(async () => {
          const { systems } = await service.get<{ systems: { complete: boolean }[] }>(`/systems?runId=${runId}`);
          return systems.every(({ complete }) => complete) || null;
        });
        // Its time is over: now it ends with what it has.
        await database.query(
          `UPDATE reconciliation.run SET requested_at = requested_at - interval '1 hour' WHERE run_id = $1`,
          [runId],
        );
        expect(await service.ended(runId)).toMatchObject({
          status: 'incomplete',
          reasons: ['topics: not everything that they hold was consumed in time'],
        });
      });
    } finally {
      await database.destroy();
    }
    expect(named((await service.run(world.raw())).findings)).toEqual(['orders-erp-topic amount']);
  });
});

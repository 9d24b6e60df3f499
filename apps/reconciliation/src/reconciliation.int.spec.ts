import { canonicalId, contentHash } from '@tieout/canonical';
import { eventually, takeTurns } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishDimensions } from '../test/dimensions.ts';
import { openBus } from '../test/fixture-bus.ts';
import type { Bus } from '../test/fixture-bus.ts';
import { FixtureService, named } from '../test/fixture-service.ts';
import type { ApiBreak, ApiRun } from '../test/fixture-service.ts';
import { FixtureWorld } from '../test/fixture-world.ts';

takeTurns('reconciliation');

// A run waits for all that the shared topics hold, also for what other spec files wrote.
vi.setConfig({ testTimeout: 240_000 });

const SIDES = ['customer@salesforce', 'customer@netsuite', 'invoice@netsuite', 'payment@netsuite', 'cell@anaplan'];
const DEALS = [
  { id: '1', date: '2026-01-10', gross: '100', paid: '40', paidOn: '2026-02-01' },
  { id: '2', date: '2026-01-20', gross: '55.94', paid: '55.94', paidOn: '2026-01-31' },
  { id: '3', date: '2026-02-05', gross: '7.06' },
];
let bus: Bus;
let world: FixtureWorld;
let service: FixtureService;

beforeAll(async () => {
  bus = await openBus();
});
afterAll(() => bus.close());
beforeEach(async () => {
  world = new FixtureWorld(DEALS);
  service = await FixtureService.create(bus, world.instance, SIDES);
});
afterEach(() => service.stop());

async function publishWorld(): Promise<void> {
  await bus.send('finance.legal-entity.v1', [{ key: world.entity.legalEntityId, value: world.entity }]);
  await bus.send(
    'finance.invoice.v1',
    DEALS.map((deal) => ({ key: world.invoiceId(deal.id), value: world.invoice(deal) })),
  );
  await bus.send(
    'finance.payment.v1',
    world.payments().map((value) => ({ key: value.paymentId, value })),
  );
  const totals = ['2026-01', '2026-02'].map((month) => world.controlTotal(month));
  await bus.send(
    'finance.control-total.v1',
    totals.map((value) => ({ key: value.controlTotalId, value })),
  );
}

/** Value of a series in the text that Prometheus reads. */
const sample = (metrics: string, name: string, labels: Record<string, string>): string | undefined =>
  metrics
    .split('\n')
    .find(
      (line) =>
        line.startsWith(`${name}{`) &&
        Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)),
    )
    ?.split(' ')
    .at(-1);

describe('reconciliation', () => {
  it('finds nothing where every system says the same, and shows the figures of each station', async () => {
    await publishWorld();
    await service.start();
    const clean = await service.run(world.raw());
    expect(clean).toMatchObject({ status: 'clean', reasons: [], breaks: 0, timing: 0, findings: [] });
    expect(clean.checks.toSorted()).toEqual([
      ...['cells-erp-planning', 'cells-erp-topic', 'cells-topic-planning', 'closed-periods', 'control-totals'],
      ...[
        'cross-references',
        'customers-crm-erp',
        'hierarchies',
        'invoice-balance',
        'invoices-erp-topic',
        'payments-erp-topic',
      ],
      'unapplied-payments',
    ]);
    const { stations } = await service.get<{ stations: Record<string, unknown[]> }>('/stations');
    const code = world.entity.code;
    const figures = [
      {
        legalEntity: code,
        month: '2026-01',
        currency: 'USD',
        invoices: '2',
        invoiced: '155.94',
        paid: '55.94',
        open: '60',
      },
      {
        legalEntity: code,
        month: '2026-02',
        currency: 'USD',
        invoices: '1',
        invoiced: '7.06',
        paid: '40',
        open: '7.06',
      },
    ];
    expect(stations).toEqual({ erp: figures, topic: figures, planning: figures });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/tieout_reconciliation_last_success_timestamp_seconds\{[^}]*\} 1\d{9}/);
    expect(sample(metrics, 'tieout_reconciliation_side_complete', { side: `cell@anaplan:${world.instance}` })).toBe(
      '1',
    );
    expect(sample(metrics, 'tieout_reconciliation_check_timestamp_seconds', { check: 'hierarchies' })).toMatch(
      /^1\d{9}/,
    );
    // Every figure could be read.
    expect(metrics).not.toMatch(/tieout_metric_read_errors_total\{[^}]*\} [1-9]/);
    expect(await service.get('/health/ready')).toMatchObject({ status: 'ok' });
  });

  it('finds every kind of divergence and nothing else, publishes them with their audit, closes and reopens them', async () => {
    await publishWorld();
    await service.start();
    const wrong = world.raw();
    const invoices = wrong['invoice@netsuite'] ?? [];
    Object.assign(invoices[0] ?? {}, { foreigntotal: '100.01', foreignamountunpaid: '60.01' });
    Object.assign(invoices[1] ?? {}, { currency: 'EUR' });
    invoices.push({ ...invoices[2], id: '9', tranid: 'INV9' });
    wrong['payment@netsuite']?.pop();
    Object.assign(wrong['customer@netsuite']?.[0] ?? {}, { companyname: 'Acme Inc' });
    Object.assign(wrong['cell@anaplan']?.[0] ?? {}, { open: '61' });
    const headers = { 'invoice@netsuite': { sums: [] } };

    const { runId } = await service.post({});
    await service.answer(runId, wrong, headers);
    const first = await service.ended(runId);
    expect(first).toMatchObject({ status: 'timing', breaks: 0 });
    expect(await service.openBreaks()).toEqual([]);
    const { followedBy } = await eventually(async () => {
      const found = await service.get<ApiRun>(`/runs/${runId}`);
      return found.followedBy !== null ? found : null;
    });
    await service.answer(followedBy as string, wrong, headers);
    const second = await service.ended(followedBy as string);
    expect(second).toMatchObject({ status: 'breaks', timing: 0 });
    const breaks = await service.openBreaks();
    // Four figures of January in USD, two in EUR, three of February.
    expect(breaks.filter(({ check }) => check === 'cells-erp-topic')).toHaveLength(9);
    const items = breaks.filter(({ check }) => check !== 'cells-erp-topic');
    expect(named(items)).toEqual([
      'cells-topic-planning open',
      'customers-crm-erp name',
      'invoices-erp-topic amount',
      'invoices-erp-topic currency',
      'invoices-erp-topic missing',
      'invoices-erp-topic open',
      'payments-erp-topic extra',
    ]);
    expect(items.find(({ kind }) => kind === 'amount')).toMatchObject({
      object: world.invoiceId('1'),
      expected: '100.01',
      actual: '100',
      difference: '-0.01',
    });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(
      sample(metrics, 'tieout_breaks', { check: 'invoices-erp-topic', kind: 'amount', severity: 'critical' }),
    ).toBe('1');
    const young = { entity: world.entity.code, severity: 'critical', age: 'under a day' };
    expect(sample(metrics, 'tieout_breaks_by_age', young)).toBe('15');
    expect(sample(metrics, 'tieout_break_value', { check: 'cells-topic-planning', currency: 'USD' })).toBe('1');

    const fixed = await service.run(world.raw());
    expect(fixed).toMatchObject({ status: 'clean', breaks: 0 });
    expect(await service.openBreaks()).toEqual([]);

    const again = await service.post({});
    await service.answer(again.runId, { ...world.raw(), 'cell@anaplan': wrong['cell@anaplan'] ?? [] });
    const timing = await service.ended(again.runId);
    expect(timing.status).toBe('timing');
    const reopened = await service.followUp(timing, { ...world.raw(), 'cell@anaplan': wrong['cell@anaplan'] ?? [] });
    expect(reopened).toMatchObject({ status: 'breaks', breaks: 1 });

    const breakId = breaks.find(({ check }) => check === 'cells-topic-planning')?.breakId as string;
    const states = await eventually(async () => {
      const found = await bus.read('finance.break.v1', (value) => value.breakId === breakId);
      return found.length === 3 ? found : null;
    });
    expect(states.map(({ status, revision }) => [status, revision])).toEqual([
      ['OPEN', 1n],
      ['CLOSED', 2n],
      ['OPEN', 3n],
    ]);
    const audits = await bus.read('finance.audit.v1', (value) => value.targetId === breakId);
    expect(audits.map(({ action, sequence }) => [action, sequence])).toEqual([
      ['opened', 1n],
      ['closed', 2n],
      ['reopened', 3n],
    ]);
    audits.forEach(({ hash, ...entry }, index) => {
      expect(hash).toBe(contentHash({ ...entry }));
      expect(entry.previousHash).toBe(audits[index - 1]?.hash ?? null);
    });
  });

  it('never calls a run clean whose snapshot is not complete, and makes the checks that it can', async () => {
    await publishWorld();
    await service.start();
    const { runId } = await service.post({});
    await service.answer(runId, world.raw(), {
      'cell@anaplan': { complete: false, error: 'the model is locked' },
      'invoice@netsuite': { sums: [{ name: 'gross', currency: 'USD', amount: '163.01' }] },
    });
    const incomplete = await service.ended(runId);
    expect(incomplete.status).toBe('incomplete');
    expect(incomplete.reasons).toEqual([
      'cell@anaplan: the adapter could not complete it: the model is locked',
      'invoice@netsuite: gross in USD sums up to 163, the header says 163.01',
    ]);
    expect(incomplete.checks.toSorted()).toEqual([...['cross-references', 'customers-crm-erp', 'payments-erp-topic']]);
    expect(incomplete.notMade).toContainEqual({
      check: 'cells-topic-planning',
      because: 'not asked or not complete: actuals of planning',
    });
  });

  it('gives up on a side that never answers, without calling the run clean', async () => {
    await service.start({ RUN_DEADLINE_MS: '2000' });
    const { runId } = await service.post({});
    const incomplete = await service.ended(runId);
    expect(incomplete).toMatchObject({ status: 'incomplete', checks: [], breaks: 0 });
    expect(incomplete.reasons).toContain(`cell@anaplan: no answer`);
  });

  it('counts a difference at once when both sides have been quiet', async () => {
    await publishWorld();
    await service.start({ SETTLE_MS: '0' });
    const customers = world.raw();
    const account = {
      Id: '001B',
      Name: 'Nobody',
      AccountNumber: 'C-2',
      IsDeleted: 'false',
      SystemModstamp: '2026-01-01T00:00:00.000+0000',
    };
    customers['customer@salesforce']?.push(account);
    const found = await service.run(customers);
    expect(found).toMatchObject({ status: 'breaks', breaks: 1, timing: 0 });
    expect((await service.openBreaks())[0]).toMatchObject({
      kind: 'missing',
      object: canonicalId('salesforce', world.instance, 'Account', '001B'),
    });
  });

  it('gives a void its time, looks again when that is over and not before, and takes its absence for a break then', async () => {
    await publishWorld();
    await service.start({ REVERSAL_SLA_MS: '2500' });
    const rows = world.raw();
    Object.assign(rows['payment@netsuite']?.[1] ?? {}, { voided: 'T', foreigntotal: '0' });
    const began = Date.now();
    const first = await service.run(rows);
    expect([first.status, first.breaks, named(first.findings)]).toEqual([
      ...['timing', 0],
      ['cells-erp-topic paid', 'payments-erp-topic reversal-missing'],
    ]);
    const second = await service.followUp(first, rows);
    expect(Date.now() - began).toBeGreaterThan(2_500);
    expect([second.status, named(await service.openBreaks())]).toEqual(['breaks', named(first.findings)]);
  });

  it('compares up to a business date, and leaves later documents and their months alone', async () => {
    await publishWorld();
    await service.start();
    const upTo = world.raw();
    const isEarly = (row: Record<string, string>): boolean => (row['trandate'] ?? '') <= '2026-01-25';
    upTo['invoice@netsuite'] = (upTo['invoice@netsuite'] ?? []).filter(isEarly);
    upTo['payment@netsuite'] = (upTo['payment@netsuite'] ?? []).filter(isEarly);
    const early = await service.run(upTo, { asOf: '2026-01-25' });
    expect(early).toMatchObject({ status: 'clean', findings: [] });
  });

  it('keeps the highest revision whatever comes after it', async () => {
    const [deal] = DEALS as [(typeof DEALS)[0]];
    await publishWorld();
    const key = world.invoiceId(deal.id);
    await bus.send('finance.invoice.v1', [
      { key, value: world.invoice(deal, 3n) },
      { key, value: world.invoice({ ...deal, gross: '999' }, 2n) },
    ]);
    await service.start();
    expect((await service.run(world.raw())).status).toBe('clean');
  });

  it('runs by itself when told an interval', async () => {
    await publishWorld();
    await service.start({ RUN_INTERVAL_MS: '3600000' });
    const first = await eventually(async () => (await service.get<{ runs: ApiRun[] }>('/runs')).runs[0]);
    await service.answer(first.runId, world.raw());
    expect(await service.ended(first.runId)).toMatchObject({ status: 'clean', trigger: 'periodic' });
    expect((await service.get<{ runs: ApiRun[] }>('/runs')).runs).toHaveLength(1);
  });

  it('goes on after a restart with the run that it was waiting for', async () => {
    await publishWorld();
    await service.start();
    const { runId } = await service.post({});
    await service.stop();
    await service.start();
    await service.answer(runId, world.raw());
    expect(await service.ended(runId)).toMatchObject({ status: 'clean' });
  });

  it('pages breaks, and says what is wrong with a request', async () => {
    await publishWorld();
    await service.start({ SETTLE_MS: '0' });
    const many = world.raw();
    for (let index = 0; index < 5; index += 1)
      many['customer@salesforce']?.push({
        ...{ Id: `00X${index}`, Name: `Name ${index}`, AccountNumber: `N-${index}`, IsDeleted: 'false' },
        SystemModstamp: '2026-01-01T00:00:00.000+0000',
      });
    expect((await service.run(many)).breaks).toBe(5);
    const seen: string[] = [];
    let path: string | null = '/breaks?limit=2&check=customers-crm-erp';
    while (path !== null) {
      const page: { breaks: ApiBreak[]; nextCursor: string | null } = await service.get(path);
      seen.push(...page.breaks.map(({ breakId }) => breakId));
      path = page.nextCursor === null ? null : `/breaks?limit=2&check=customers-crm-erp&cursor=${page.nextCursor}`;
    }
    expect(new Set(seen).size).toBe(5);
    expect(await service.get(`/breaks/${seen[0]}`)).toMatchObject({ breakId: seen[0], severity: 'critical' });
    expect(await service.get('/breaks?status=maybe', 400)).toMatchObject({ code: 'INPUT_INVALID' });
    expect(await service.get('/breaks?cursor=zzz', 400)).toMatchObject({ code: 'CURSOR_INVALID' });
    expect(await service.get('/runs/00000000-0000-4000-8000-000000000000', 404)).toMatchObject({ code: 'RUN_UNKNOWN' });
    expect(await service.post({ asOf: '2026-02-30' }, 400)).toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('finds what was posted into a period that was closed before, and a cost centre that stands below nothing', async () => {
    const late = { id: '4', date: '2026-02-20', gross: '9' };
    const { instance } = (world = new FixtureWorld([...DEALS, late]));
    service = await FixtureService.create(bus, instance, SIDES);
    await publishWorld();
    await service.start();
    const { accountingPeriodId: key } = await publishDimensions(bus, instance);
    const database = await service.database();
    await eventually(async () => {
      const rows = await database.query<unknown[]>(`SELECT FROM topic_state WHERE key = $1`, [key]);
      return rows.length > 0;
    });
    const invoice = world.invoice(late);
    await bus.send('finance.invoice.v1', [{ key: invoice.invoiceId, value: invoice }]);
    const first = await service.run(world.raw());
    expect(named(first.findings)).toEqual(['closed-periods posted', 'hierarchies orphan']);
    await service.followUp(first, world.raw());
    const { breaks } = await service.get<{ breaks: ApiBreak[] }>('/breaks?check=closed-periods');
    expect(breaks).toMatchObject([
      { object: invoice.invoiceId, expected: null, actual: '9', evidence: { number: 'INV4', period: 'Feb 2026' } },
    ]);
    // The ERP's own rate counts from its day on.
    const { rates } = await service
      .as('a', 'auditor')
      .get<{ rates: { rate: string }[] }>('/exchange-rates?from=JPY&to=USD');
    expect(rates.filter((rate) => JSON.stringify(rate).includes(instance))).toMatchObject([{ rate: '0.0064' }]);
    await database.destroy();
  });
});

import { eventually, takeTurns } from '@tieout/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBus } from '../../test/fixture-bus.ts';
import type { Bus } from '../../test/fixture-bus.ts';
import { FixtureService } from '../../test/fixture-service.ts';
import { FixtureWorld } from '../../test/fixture-world.ts';

takeTurns('reconciliation');
vi.setConfig({ testTimeout: 240_000 });

const DEALS = [
  { id: '1001', date: '2026-01-05', gross: '100', paid: '100', paidOn: '2026-01-12' },
  { id: '1002', date: '2026-01-05', gross: '50', paid: '50', paidOn: '2026-01-12' },
  { id: '1003', date: '2026-01-05', gross: '25.5', paid: '25.5', paidOn: '2026-01-13' },
  { id: '1004', date: '2026-01-05', gross: '70', paid: '70', paidOn: '2026-01-14' },
  { id: '1005', date: '2026-01-05', gross: '9', paid: '9', paidOn: '2026-01-02' },
  { id: '1006', date: '2026-01-05', gross: '11', paid: '11', paidOn: '2026-01-31' },
];
const HEADER = 'id,date,amount,currency,reference,counterparty,text';
const csv = (...lines: readonly string[]): string => [HEADER, ...lines].join('\n');
const JANUARY = csv(
  '1,2026-01-12,100.00,USD,PAY1001,Acme,',
  '2,2026-01-14,75.50,USD,,Acme,invoices PAY1002 and PAY1003',
  '3,2026-01-15,69.00,USD,PAY1004,Acme,',
  '4,2026-01-30,-4.20,USD,,Bank,account fees',
  '5,2026-01-16,9.00,EUR,PAY1005,Acme,',
);

const [IBAN, EUR] = ['<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>', '<Amt Ccy="EUR">'];
const balance = (code: string, amount: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${EUR}${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>`;
const CAMT = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S1</Id>
<FrToDt><FrDtTm>2026-01-31T00:00:00</FrDtTm><ToDtTm>2026-01-31T23:59:59</ToDtTm></FrToDt>${IBAN}
${balance('OPBD', '5.00')}${balance('CLBD', '105.00')}
<Ntry>${EUR}100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-31</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>`;

interface View {
  readonly state: string;
  readonly reasons: string[];
  readonly asOf: string | null;
  readonly result: { outcomes: Record<string, { groups: number; items: number }>; matchRate: number };
  readonly lastRun: { runId: string; status: string; trigger: string; reasons: string[] } | null;
}
interface Statement {
  readonly statementId: string;
  readonly status: string;
  readonly problems: { at: string; reason: string }[];
}

let bus: Bus;
let service: FixtureService;
const world = new FixtureWorld(DEALS);

beforeAll(async () => {
  bus = await openBus();
  service = await FixtureService.create(bus, world.instance, ['payment@netsuite']);
  await bus.send(
    'finance.payment.v1',
    world.payments().map((value) => ({ key: value.paymentId, value })),
  );
  await service.start({ COMPARISON_DELAY_MS: '0', STATEMENT_LIMIT_BYTES: '5000' });
});
afterAll(async () => {
  await service.stop();
  await bus.close();
});

const put = (query: string, body: string, expected: number): Promise<Statement> =>
  service.call(`/statements?account=${query}`, { body, type: 'text/csv' }, expected);
const comparison = (): Promise<View> => service.get<View>('/comparisons/payments-bank');
/** The comparison once its last run has ended and something holds. */
const ended = (holds: (view: View) => boolean): Promise<View> =>
  eventually(
    async () => {
      const view = await comparison();
      return view.lastRun !== null && view.lastRun.status !== 'waiting' && holds(view) ? view : null;
    },
    { timeoutMs: 150_000 },
  );

it('payments and bank statements: not made without one, incomplete over a gap, exact over all of them', async () => {
  expect(
    await eventually(async () => ((await comparison()).reasons[0]?.includes('statement') ? comparison() : null)),
  ).toMatchObject({
    state: 'inactive',
    reasons: ['statement-line: no statement of account * was handed in'],
  });
  expect(await service.call('/comparisons/payments-bank/runs', {}, 409)).toMatchObject({ code: 'COMPARISON_INACTIVE' });

  // Nothing of what is no statement is kept, and lines that cannot be read are named.
  expect(await put('main', 'a,b\n1,2', 422)).toMatchObject({ code: 'STATEMENT_UNREADABLE' });
  expect(await put('main', csv('x'.repeat(6_000)), 413)).toMatchObject({ code: 'STATEMENT_TOO_LARGE' });
  const bad = await put('main', csv('1,2026-02-30,1.00,USD,,,', '2,2026-02-03,NaN,USD,,,'), 201);
  expect(bad).toMatchObject({ status: 'incomplete', problems: [{ at: 'line 2' }, { at: 'line 3' }] });
  await service.call(`/statements/${bad.statementId}/withdraw`, { json: { reason: 'typed by hand' } }, 200);

  // EUR and USD are statements of their own: without balances they prove nothing.
  const january = await put('main', JANUARY, 201);
  expect(await put('main', JANUARY, 200)).toEqual(january);
  expect((await ended(({ state }) => state === 'incomplete')).reasons[0]).toMatch(/no opening and closing balance/);
  await service.call(`/statements/${january.statementId}/withdraw`, { json: { reason: 'no balances' } }, 200);

  const [usd, eur] = ['USD', 'EUR'].map((code) =>
    csv(...JANUARY.split('\n').filter((line) => line.includes(`,${code},`))),
  );
  const days = 'from=2026-01-01&to=2026-01-31';
  await put(`main&${days}&opening=0&closing=240.30`, usd!, 201);
  const second = await put(`eur&${days}&opening=0&closing=9`, eur!, 201);
  expect(
    await put('main&from=2026-01-31&to=2026-02-01&opening=1&closing=2', csv('9,2026-01-31,1.00,USD,,,'), 409),
  ).toMatchObject({
    code: 'STATEMENT_OVERLAPS',
    message: expect.stringMatching(/overlap/),
  });

  const view = await ended(({ state, result }) => state === 'live' && result.outcomes['explained']?.items === 1);
  expect(view).toMatchObject({ asOf: '2026-01-31', lastRun: { status: 'breaks', reasons: [] } });
  const counts = Object.fromEntries(
    Object.entries(view.result.outcomes).map(([name, { groups, items }]) => [name, [groups, items]]),
  );
  expect(counts).toEqual({
    ...{ matched: [2, 5], suggested: [0, 0], ambiguous: [0, 0], timing: [1, 1], explained: [1, 1], break: [3, 4] },
  });
  const { breaks } = await service.get<{ breaks: { kind: string; currency: string; difference: string | null }[] }>(
    '/breaks?check=payments-bank&limit=50',
  );
  expect(breaks.map(({ kind, currency, difference }) => [kind, currency, difference]).toSorted()).toEqual([
    ['amount', 'USD', '-1'],
    ['missing-left', 'EUR', '9'],
    ['missing-right', 'USD', '-9'],
  ]);
  const { groups } = await service.call<{ groups: { parts: { left: object[]; right: object[]; rule: string }[] }[] }>(
    '/comparisons/payments-bank/groups?outcome=matched&limit=1',
    { method: 'GET' },
    200,
  );
  expect(groups).toHaveLength(1);

  // A payment that is corrected closes its break without a run.
  const corrected = { ...world.payment(DEALS[3]!, 2n), amount: '69' };
  await bus.send('finance.payment.v1', [{ key: corrected.paymentId, value: corrected }]);
  const { lastRun } = await ended(({ result }) => result.outcomes['break']?.groups === 2);
  expect(lastRun).toEqual(view.lastRun);

  // What a statement said goes with it.
  await service.call(`/statements/${second.statementId}/withdraw`, { json: { reason: 'wrong account' } }, 200);
  const without = await ended(({ result }) => result.outcomes['break']?.groups === 1);
  expect(without.state).toBe('live');

  // A bank's own format says its days and balances itself.
  const camt = { body: CAMT, type: 'application/xml' };
  const parts = [{ account: 'DE02120300000000202051', opening: '5', closing: '105', moved: '100', lineCount: 1 }];
  const fromBank = await service.call<Statement>('/statements?account=giro', camt, 201);
  expect(fromBank).toMatchObject({ status: 'used', format: 'camt.053', problems: [], parts });
  const other = { ...camt, body: CAMT.replace('<MsgId>M', '<MsgId>N') };
  expect(await service.call('/statements?account=giro', other, 409)).toMatchObject({ code: 'STATEMENT_OVERLAPS' });
  expect(await service.call('/statements?account=giro', { body: '{}' }, 415)).toMatchObject({ code: 'FORMAT_UNKNOWN' });
});

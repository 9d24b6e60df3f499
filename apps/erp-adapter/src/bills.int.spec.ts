import { randomUUID } from 'node:crypto';
import { sum, type ErpCommand } from '@tieout/canonical';
import type { ExceptionView, ListedException } from '@tieout/messaging';
import { createIssuer, eventually, takeTurns, type TestIssuer } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openErpWorld, soon, type ErpWorld, type Party } from '../test/fixture-erp.ts';

takeTurns('erp-adapter');

let world: ErpWorld;
let issuer: TestIssuer;
let who: Party;
const customerId = randomUUID();

beforeAll(async () => {
  [world, issuer] = await Promise.all([openErpWorld(), createIssuer()]);
  await world.start(issuer.environment);
  who = await world.party();
  await world.publishCustomer(customerId, { accountNumber: 'B-1' });
});
afterAll(() => world.close());

type Line = ErpCommand['lines'][number];

const line = (net: string): Line => ({
  ...{ billingId: randomUUID(), billOn: '2026-04-15', itemCode: null, description: `Part of ${net}`, quantity: '1' },
  ...{ unitPrice: net, net },
});

async function send(
  type: ErpCommand['type'],
  contractId: string,
  lines: readonly Line[],
  more: Partial<ErpCommand> = {},
) {
  const command: ErpCommand = {
    ...{ commandId: randomUUID(), type, contractId, contractRevision: 1n, contractNumber: '00000101', customerId },
    ...{
      legalEntity: who.entity,
      currency: 'USD',
      orderDate: '2026-03-01',
      net: sum(lines.map(({ net }) => net)),
      lines,
    },
    ...{ invoiceDate: type === 'BILL_ORDER' ? '2026-04-15' : null, requestedAt: '2026-03-01T02:00:00.000Z' },
    ...more,
  };
  await repeat(command);
  return command;
}
const repeat = (value: ErpCommand) =>
  world.publish({ topic: 'finance.erp-command.v1', key: value.contractId, id: randomUUID(), value });

const outcomesOf = ({ commandId }: ErpCommand) =>
  world.records('finance.erp-outcome.v1', (outcome) => outcome.commandId === commandId);
/** The n-th outcome of a command. */
const outcome = (command: ErpCommand, n = 1) =>
  eventually(async () => (await outcomesOf(command))[n - 1], { ...soon, describe: () => outcomesOf(command) });

interface Invoice {
  readonly tranid: string;
  readonly date: string;
  readonly nets: readonly string[];
}
/** What the ERP holds under the key of a command; another invoice of its lines would show in `ofContract`. */
const invoicesOf = async (where: string) =>
  (await world.inSchema(
    'sandbox_netsuite',
    `SELECT t.tranid, to_char(t.trandate, 'YYYY-MM-DD') AS date,
       (SELECT array_agg(trim_scale(l.amount)::text ORDER BY l.line) FROM transactionline l WHERE l.transaction = t.id) AS nets
     FROM transaction t WHERE t.type = 'CustInvc' AND ${where} ORDER BY t.id`,
  )) as readonly Invoice[];
const invoiceOf = ({ commandId }: ErpCommand) => invoicesOf(`t.externalid = '${commandId}'`);
const ofContract = (contractId: string) => invoicesOf(`t.custbody_contract = '${contractId}'`);

async function call<T>(path: string, body?: object): Promise<{ status: number; body: T }> {
  const { authorization } = await issuer.as('mara', 'operator');
  const response = await fetch(`${world.running()!.url}/exceptions${path}`, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}
const caseOf = ({ commandId }: ErpCommand, status: 'open' | 'resolved', kind = 'period-closed') =>
  eventually(
    async () =>
      (await call<{ exceptions: ListedException[] }>(`?object=${commandId}&kind=${kind}&status=${status}`)).body
        .exceptions[0],
    soon,
  );
const decide = ({ exceptionId, revision }: ListedException, action: string, more: object = {}) =>
  call<ExceptionView>(`/${exceptionId}/decide`, { expectedRevision: revision, action, ...more });

/** What a controller does in the ERP. */
async function period(month: string, change: object): Promise<void> {
  const response = await fetch(`${world.sandbox.url}/sandbox/periods/${month}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(204);
}
const periodIs = (month: string, statuses: string) =>
  eventually(async () => {
    const known = await world.states('finance.accounting-period.v1', ({ accountingPeriodId }) => accountingPeriodId);
    const one = [...known.values()].find((each) => each.kind === 'BASE' && each.period === month);
    return one !== undefined && `${one.status} ${one.ledgers.map(({ status }) => status).join()}`.includes(statuses);
  }, soon);

describe('a command that bills', () => {
  it('makes one invoice of the lines that it names, however often it comes, behind the order that it waits for', async () => {
    const contractId = randomUUID();
    const lines = [line('80'), line('20.01')];
    // Both at once: the bill is worked on when the order stands.
    await send('PUT_ORDER', contractId, lines);
    const bill = await send('BILL_ORDER', contractId, [lines[1]!]);
    const done = await outcome(bill);
    const [invoice] = await invoiceOf(bill);
    expect(invoice).toEqual({ tranid: done.invoiceNumber, date: '2026-04-15', nets: ['20.01'] });
    expect(done).toMatchObject({
      ...{ status: 'DONE', commandType: 'BILL_ORDER', contractId, code: null, documentDate: null, decisionId: null },
      invoiceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await repeat(bill);
    const again = await send('BILL_ORDER', contractId, [lines[1]!]);
    expect(await outcome(again)).toMatchObject({ status: 'REFUSED', code: 'billed-line', invoiceId: null });
    expect(await outcomesOf(bill)).toHaveLength(1);
    expect(await ofContract(contractId)).toHaveLength(1);
  });

  it('makes no second one when the answer was lost, or this database', async () => {
    const [contractId, lines] = [randomUUID(), [line('7')]];
    await outcome(await send('PUT_ORDER', contractId, lines));
    world.sandbox.injectFault({ kind: 'cut-after', count: 1, path: '!transform' });
    const bill = await send('BILL_ORDER', contractId, lines);
    const done = await outcome(bill);
    expect(done.status).toBe('DONE');
    expect(await ofContract(contractId)).toHaveLength(1);

    await world.inSchema(
      'erp_adapter',
      `DELETE FROM bill_link WHERE command_id = '${bill.commandId}'`,
      `DELETE FROM work_item WHERE payload->>'commandId' = '${bill.commandId}'`,
    );
    await repeat(bill);
    expect(await outcome(bill, 2)).toMatchObject({ status: 'DONE', invoiceNumber: done.invoiceNumber });
    expect(await ofContract(contractId)).toHaveLength(1);
  });
});

describe('a date in a closed period', () => {
  it('waits for a person, and is billed on the next open day as he decided', async () => {
    const [contractId, lines] = [randomUUID(), [line('80'), line('20')]];
    await outcome(await send('PUT_ORDER', contractId, lines));
    await period('2026-04', { arlocked: true });
    await periodIs('2026-04', 'LOCKED');
    const bill = await send('BILL_ORDER', contractId, [lines[0]!]);
    expect(await outcome(bill)).toMatchObject({ status: 'REFUSED', code: 'period-closed', invoiceId: null });
    const waits = await caseOf(bill, 'open');
    expect(waits).toMatchObject({
      ...{ atStake: '80', currency: 'USD', actions: ['next-open-period', 'reject', 'reopened', 'resolve'] },
      details: { contractId, invoiceDate: '2026-04-15', nextOpenDate: '2026-05-01' },
    });
    const wrong = await decide(waits, 'next-open-period', { parameters: { date: '2026-04-30' } });
    expect(wrong.status).toBe(422);
    const { body } = await decide(waits, 'next-open-period');
    const decisionId = body.exception.lastDecisionId;
    const done = await outcome(bill, 2);
    expect(done).toMatchObject({ status: 'DONE', documentDate: '2026-05-01', decisionId });
    expect(await invoiceOf(bill)).toEqual([{ tranid: done.invoiceNumber, date: '2026-05-01', nets: ['80'] }]);
    expect(await caseOf(bill, 'resolved')).toMatchObject({ resolution: 'The ERP holds the invoice.' });
    const audits = await world.records('finance.audit.v1', ({ targetId }) => targetId === waits.exceptionId);
    expect(audits.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      ...['raised erp-adapter', 'next-open-period mara', 'resolved erp-adapter'],
    ]);
  });

  it('is tried again on the word of a person alone, and billed as asked once it is open', async () => {
    const [contractId, lines] = [randomUUID(), [line('5'), line('6')]];
    await outcome(await send('PUT_ORDER', contractId, lines));
    const bill = await send('BILL_ORDER', contractId, [lines[0]!]);
    const waits = await caseOf(bill, 'open');
    // It is not open at all: the ERP says so itself, and the case stays.
    await decide(waits, 'reopened');
    const still = await eventually(async () => {
      const now = await caseOf(bill, 'open');
      return now.message.includes('accounting period') ? now : null;
    }, soon);
    expect(await outcomesOf(bill)).toHaveLength(1);
    await period('2026-04', { arlocked: false });
    await periodIs('2026-04', 'OPEN OPEN');
    expect(await ofContract(contractId)).toEqual([]);
    await decide(still, 'reopened');
    expect(await outcome(bill, 2)).toMatchObject({ status: 'DONE', documentDate: null });
    expect(await invoiceOf(bill)).toMatchObject([{ date: '2026-04-15', nets: ['5'] }]);
  });

  it('makes no document when a person rejects it, and whoever asked is told', async () => {
    const [contractId, lines] = [randomUUID(), [line('9')]];
    await outcome(await send('PUT_ORDER', contractId, lines));
    await period('2026-04', { closed: true });
    await periodIs('2026-04', 'CLOSED');
    const bill = await send('BILL_ORDER', contractId, lines);
    const waits = await caseOf(bill, 'open');
    expect((await decide(waits, 'reject')).status).toBe(422);
    await decide(waits, 'reject', { reason: 'billed by hand, FIN-7' });
    expect(await outcome(bill, 2)).toMatchObject({ status: 'REFUSED', code: 'rejected-by-decision' });
    await caseOf(bill, 'resolved');
    expect(await ofContract(contractId)).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import type { ControlTotal, CrossReference } from '@tieout/canonical';
import { idOf } from '@tieout/connector-netsuite';
import { eventually, takeTurns } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openErpWorld, soon, type ErpWorld, type Party } from '../test/fixture-erp.ts';

takeTurns('erp-adapter');

// One account and one service for all tests: each works on customers and subsidiaries of its own.
let world: ErpWorld;
let { instance, origin, sandbox, erp, start, stop, records, states, publish, publishCustomer, inSchema, party } =
  {} as ErpWorld;

beforeAll(async () => {
  world = await openErpWorld();
  ({ instance, origin, sandbox, erp, start, stop, records, states, publish, publishCustomer, inSchema, party } = world);
});
beforeEach(async () => {
  if (!world.running()) await start();
});
afterEach(() => fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' }));
afterAll(() => world.close());

const invoices = () => states('finance.invoice.v1', (v) => v.number);
const payments = () => states('finance.payment.v1', (v) => v.number);
const accounts = () => states('finance.customer-account.v1', (v) => v.number);
const cases = (id: string) =>
  records('finance.exception.v1', ({ objectId, service: owner }) => owner === 'erp-adapter' && objectId === id);

function bill({ number: externalId }: Party, number: string, amount: string, more: object = {}): Promise<string> {
  const items = [{ item: { id: '1' }, amount }];
  const body = { entity: { externalId }, tranId: number, tranDate: '2025-03-31', item: { items }, ...more };
  return erp.upsertRecord('invoice', number, body);
}

function pay(
  { number: externalId }: Party,
  number: string,
  amount: string,
  invoice: string,
  more: object = {},
): Promise<string> {
  const items = [{ doc: { externalId: invoice }, apply: true }];
  const body = { customer: { externalId }, tranId: number, tranDate: '2025-04-02', payment: amount, apply: { items } };
  return erp.upsertRecord('customerPayment', number, { ...body, ...more });
}

/** What only somebody inside the vendor can do to its tables. */
const inVendor = (...statements: string[]) => inSchema('sandbox_netsuite', ...statements);

async function referenceOf(customerId: string): Promise<CrossReference | undefined> {
  return (await states('finance.cross-reference.v1', (v) => v.canonicalId)).get(customerId);
}

async function totalsOf({ subsidiary }: Party, object: string): Promise<ControlTotal[]> {
  const all = await states('finance.control-total.v1', (v) => v.controlTotalId);
  return [...all.values()].filter((t) => t.object === object && t.source.id === subsidiary);
}

describe('documents', () => {
  it('reads more than a page, each record once, and goes on after a restart where it stood', async () => {
    await stop();
    const who = await party();
    const numbers = Array.from({ length: 1_020 }, (_, n) => `N-${n}`);
    for (let from = 0; from < numbers.length; from += 8) {
      await Promise.all(numbers.slice(from, from + 8).map((number) => bill(who, number, '1.25')));
    }
    await start();
    await eventually(async () => (await invoices()).size === numbers.length, { ...soon, timeoutMs: 60_000 });
    await stop();
    await bill(who, 'N-7', '2.50');
    await bill(who, 'LATE', '3');
    await start();
    await eventually(async () => (await invoices()).has('LATE'), soon);
    await eventually(async () => (await invoices()).get('N-7')?.gross === '2.5', soon);
    const all = await records('finance.invoice.v1', (v) => v.source.instance === instance);
    expect(all).toHaveLength(numbers.length + 2);
  });

  it('brings invoices, payments, balances and control totals to the topics and follows their changes', async () => {
    const who = await party();
    await bill(who, 'INV-1', '100.10', { custbody_disputed: true, dueDate: '2025-04-30' });
    await bill(who, 'INV-2', '50');
    await pay(who, 'PAY-1', '120.10', 'INV-1');
    await eventually(async () => (await invoices()).get('INV-1')?.lifecycle === 'PAID', soon);
    const legalEntityId = idOf('subsidiary', origin, who.subsidiary);
    expect((await invoices()).get('INV-1')).toMatchObject({
      ...{ net: '100.1', tax: '0', gross: '100.1', paid: '100.1', credited: '0', open: '0', disputed: true },
      ...{ currency: 'USD', issueDate: '2025-03-31', dueDate: '2025-04-30', period: '2025-03', customerId: null },
      legalEntityId,
      lines: [{ itemCode: 'Services', quantity: '1', unitPrice: '100.1', net: '100.1', tax: '0' }],
    });
    const payment = await eventually(async () => (await payments()).get('PAY-1'), soon);
    expect(payment).toMatchObject({ lifecycle: 'POSTED', amount: '120.1', unapplied: '20', period: '2025-04' });
    expect(payment.allocations).toEqual([{ invoiceId: (await invoices()).get('INV-1')!.invoiceId, amount: '100.1' }]);
    const account = await eventually(async () => {
      const found = (await accounts()).get(who.number);
      return found?.balance === '30' && found;
    }, soon);
    expect(account).toMatchObject({ lifecycle: 'ACTIVE', blocked: false, currency: 'USD', legalEntityId });
    const invoiced = await eventually(async () => (await totalsOf(who, 'invoice')).find((t) => t.count === 2n), soon);
    expect(invoiced).toMatchObject({ period: '2025-03', cutOff: '2025-03-31', currency: 'USD' });
    expect(invoiced.sums).toEqual([
      { name: 'gross', amount: '150.1' },
      { name: 'open', amount: '50' },
      { name: 'paid', amount: '100.1' },
    ]);
    const entities = await states('finance.legal-entity.v1', (v) => v.legalEntityId);
    expect(entities.get(legalEntityId)).toMatchObject({
      code: who.entity,
      currency: 'USD',
      lifecycle: 'ACTIVE',
    });
  });

  it('publishes voided and deleted documents as full records', async () => {
    const who = await party();
    const [voided, deleted] = [await bill(who, 'V', '10'), await bill(who, 'D', '20')];
    await eventually(async () => (await accounts()).get(who.number)?.balance === '30', soon);
    await fetch(`${sandbox.url}/sandbox/void/${voided}`, { method: 'POST' });
    await fetch(`${sandbox.url}/sandbox/records/invoice/${deleted}`, { method: 'DELETE' });
    await eventually(async () => (await invoices()).get('D')?.lifecycle === 'DELETED', soon);
    await eventually(async () => (await invoices()).get('V')?.lifecycle === 'VOIDED', soon);
    expect((await invoices()).get('D')).toMatchObject({ gross: '20', number: 'D' });
    expect((await invoices()).get('V')).toMatchObject({ gross: '0', open: '0' });
    await eventually(async () => (await accounts()).get(who.number)?.balance === '0', soon);
    await eventually(async () => (await totalsOf(who, 'invoice'))[0]?.count === 0n, soon);
  });

  it('still publishes deletions after its own record of what was published is lost and read again', async () => {
    const who = await party();
    const vendorId = await bill(who, 'AGAIN', '10');
    await eventually(async () => (await invoices()).has('AGAIN'), soon);
    await stop();
    await inSchema('erp_adapter', `DELETE FROM published_record`, `DELETE FROM source_stream`);
    await start();
    const kept = () => inSchema('erp_adapter', `SELECT 1 FROM published_record WHERE vendor_id = '${vendorId}'`);
    await eventually(async () => (await kept()).length > 0, soon);
    await fetch(`${sandbox.url}/sandbox/records/invoice/${vendorId}`, { method: 'DELETE' });
    await eventually(async () => (await invoices()).get('AGAIN')?.lifecycle === 'DELETED', soon);
  });

  it('does not state a total as zero when its figures cannot be read', async () => {
    const who = await party();
    const vendorId = await bill(who, 'TOTAL', '10');
    await eventually(async () => (await totalsOf(who, 'invoice'))[0]?.count === 1n, soon);
    const group = `invoice/${who.subsidiary}/2025-03/USD`;
    await inVendor(`UPDATE transaction SET foreigntotal = 10.125 WHERE id = ${vendorId}`);
    await eventually(async () => (await cases(group)).at(-1)?.status === 'OPEN', soon);
    expect((await totalsOf(who, 'invoice'))[0]?.count).toBe(1n);
    await inVendor(`UPDATE transaction SET foreigntotal = 10 WHERE id = ${vendorId}`);
    await eventually(async () => (await cases(group)).at(-1)?.status === 'RESOLVED', soon);
  });

  it('reads a document again when the ERP lists another open amount than is published, whatever its stamp says', async () => {
    await stop();
    await start({}, { intervals: { openItemsMs: 300 } });
    const vendorId = await bill(await party(), 'LISTED', '10');
    await eventually(async () => (await invoices()).has('LISTED'), soon);
    const open = `SELECT value->>'open' AS open FROM published_record WHERE vendor_id = '${vendorId}'`;
    const set = `UPDATE published_record SET value = jsonb_set(value, '{open}', '"9"') WHERE vendor_id = '${vendorId}'`;
    expect(await inSchema('erp_adapter', set, open)).toEqual([{ open: '9' }]);
    await eventually(
      async () => (await inSchema('erp_adapter', open)).some((row) => (row as { open: string }).open === '10'),
      soon,
    );
    await stop();
  });

  it('reads and counts a document whose customer is not visible', async () => {
    const who = await party();
    await inVendor(
      'ALTER VIEW q_customer RENAME TO q_every_customer',
      `CREATE VIEW q_customer AS SELECT * FROM q_every_customer WHERE entityid <> '${who.number}'`,
    );
    await bill(who, 'HIDDEN', '10');
    await pay(who, 'HIDDEN-P', '10', 'HIDDEN');
    const hidden = await eventually(async () => (await invoices()).get('HIDDEN'), soon);
    expect(hidden).toMatchObject({ customerAccountId: null, customerId: null, gross: '10' });
    await eventually(async () => (await payments()).get('HIDDEN-P')?.customerAccountId === null, soon);
    await eventually(async () => (await totalsOf(who, 'invoice'))[0]?.count === 1n, soon);
    await inVendor('DROP VIEW q_customer', 'ALTER VIEW q_every_customer RENAME TO q_customer');
  });

  it('keeps a bad row as an exception, lets the rest flow, and resolves it when the ERP is corrected', async () => {
    const odd = await erp.upsertRecord('currency', 'odd', { name: 'Odd', symbol: 'XQX' });
    const fine = await erp.upsertRecord('currency', 'fine', { name: 'Fine', symbol: 'SEK', currencyPrecision: 3 });
    const who = await party();
    const [unknown, digits] = [
      await bill(who, 'UNKNOWN', '10', { currency: { id: odd } }),
      await bill(who, 'DIGITS', '10.125', { currency: { id: fine } }),
    ];
    await bill(who, 'GOOD', '30');
    await eventually(async () => (await invoices()).has('GOOD'), soon);
    const of = (vendorId: string) => cases(idOf('invoice', origin, vendorId));
    await eventually(async () => (await of(unknown)).length + (await of(digits)).length === 2, soon);
    expect(await of(unknown)).toMatchObject([
      { kind: 'unknown-currency', status: 'OPEN', details: { vendorId: unknown } },
    ]);
    expect(await of(digits)).toMatchObject([{ kind: 'too-many-decimals', status: 'OPEN' }]);
    const metrics = await (await fetch(`${world.running()!.url}/metrics`)).text();
    expect(/tieout_open_exceptions\{kind="too-many-decimals"[^}]*\} [1-9]/.test(metrics)).toBe(true);
    await bill(who, 'DIGITS', '10.12', { currency: { id: fine } });
    await eventually(async () => (await invoices()).get('DIGITS')?.gross === '10.12', soon);
    await eventually(async () => (await of(digits)).at(-1)?.status === 'RESOLVED', soon);
    expect((await invoices()).has('UNKNOWN')).toBe(false);
  });

  it('keeps a row without a number, and one that no event can hold, as exceptions and publishes the rest of their page', async () => {
    await stop();
    const who = await party();
    const nameless = await bill(who, 'NAMELESS', '10');
    await inVendor(
      'ALTER TABLE transaction ALTER tranid DROP NOT NULL',
      `UPDATE transaction SET tranid = NULL WHERE id = ${nameless}`,
    );
    const items = [{ item: { id: '1' }, quantity: `1${'0'.repeat(19)}`, amount: '10' }];
    const endless = await bill(who, 'ENDLESS', '10', { item: { items } });
    await bill(who, 'BESIDE', '30');
    await start();
    await eventually(async () => (await invoices()).has('BESIDE'), soon);
    for (const vendorId of [nameless, endless]) {
      const found = await eventually(async () => (await cases(idOf('invoice', origin, vendorId)))[0], soon);
      expect(found).toMatchObject({ kind: 'invalid-value', status: 'OPEN', details: { vendorId } });
    }
    expect((await invoices()).has('ENDLESS')).toBe(false);
    await inVendor(`UPDATE transaction SET tranid = 'NAMELESS', lastmodifieddate = now() WHERE id = ${nameless}`);
    await eventually(async () => (await invoices()).has('NAMELESS'), soon);
  });

  it('reads on when NetSuite is busy, doubts the login under load or cuts the line', async () => {
    const who = await party();
    // A 401 after calls that worked is load, not a lost login: taken at its word it would stop the stream for good.
    sandbox.injectFault({ kind: 'error', count: 5, status: 401, delayMs: 50, path: 'suiteql' });
    sandbox.injectFault({ kind: 'error', count: 3, status: 429, path: 'suiteql' });
    sandbox.injectFault({ kind: 'cut-before', count: 2, path: 'suiteql' });
    sandbox.injectFault({ kind: 'error', count: 2, status: 503, path: 'suiteql' });
    await bill(who, 'FAULTY', '10');
    await eventually(async () => (await invoices()).has('FAULTY'), soon);
    const ready = async () => (await fetch(`${world.running()!.url}/health/ready`)).status === 200;
    await eventually(ready, soon);
  });
});

describe('customers', () => {
  /** Waits until the ERP's copy is on the topic, so that whatever follows is a later change. */
  const inErp = (customerId: string, number: string) =>
    eventually(async () => (await accounts()).get(number)?.customerId === customerId, soon);

  it('brings a customer into the ERP, links it, and updates it with the next revision', async () => {
    const customerId = randomUUID();
    await publishCustomer(customerId, { accountNumber: 'A-1', currency: 'EUR', taxId: 'DE123' });
    const reference = await eventually(() => referenceOf(customerId), soon);
    expect(reference).toMatchObject({ type: 'customer', system: 'netsuite', status: 'ACTIVE' });
    expect(await erp.readCustomer(customerId)).toMatchObject({
      id: reference.vendorId,
      fields: { entityId: 'A-1', companyName: 'Acme', vatRegNumber: 'DE123' },
    });
    await publishCustomer(customerId, { revision: 2n, accountNumber: 'A-1', taxId: 'DE123', name: 'Acme Ltd' });
    const account = await eventually(async () => {
      const found = (await accounts()).get('A-1');
      return found?.name === 'Acme Ltd' && found;
    }, soon);
    expect(account).toMatchObject({ customerId, currency: 'EUR', taxId: 'DE123' });
  });

  it('makes one customer when the answer to its creation is lost', async () => {
    const customerId = randomUUID();
    sandbox.injectFault({ kind: 'cut-after', count: 1, method: 'PUT', path: customerId });
    await publishCustomer(customerId, { accountNumber: 'A-2' });
    await inErp(customerId, 'A-2');
    await eventually(() => referenceOf(customerId), soon);
  });

  it('takes its own write whose answer was lost for its own when the CRM has moved on meanwhile', async () => {
    await stop();
    // Long enough for the next revision to be there when somebody looks.
    await start({}, { intervals: { inDoubtMs: 3_000 } });
    const customerId = randomUUID();
    await publishCustomer(customerId, { accountNumber: 'A-8' });
    await inErp(customerId, 'A-8');
    await eventually(() => referenceOf(customerId), soon);
    const nameInErp = async () => (await erp.readCustomer(customerId))?.fields.companyName;
    sandbox.injectFault({ kind: 'cut-after', count: 1, method: 'PUT', path: customerId });
    await publishCustomer(customerId, { revision: 2n, accountNumber: 'A-8', name: 'Second' });
    await eventually(async () => (await nameInErp()) === 'Second', soon);
    await publishCustomer(customerId, { revision: 3n, accountNumber: 'A-8', name: 'Third' });
    await eventually(async () => (await nameInErp()) === 'Third', soon);
    expect(await cases(customerId)).toEqual([]);
    await stop();
  });

  it('turns a foreign edit of an owned field into an exception, does not overwrite it, and resolves it when it is taken back', async () => {
    const customerId = randomUUID();
    await publishCustomer(customerId, { accountNumber: 'A-3' });
    await inErp(customerId, 'A-3');
    await eventually(() => referenceOf(customerId), soon);
    await erp.upsertRecord('customer', customerId, { companyName: 'Edited in the ERP' });
    await eventually(async () => (await cases(customerId)).length > 0, soon);
    expect(await cases(customerId)).toMatchObject([
      {
        kind: 'foreign-edit',
        status: 'OPEN',
        details: { 'companyName.crm': 'Acme', 'companyName.erp': 'Edited in the ERP' },
      },
    ]);
    await publishCustomer(customerId, { revision: 2n, accountNumber: 'A-3b' });
    await eventually(async () => (await erp.readCustomer(customerId))?.fields.entityId === 'A-3b', soon);
    expect((await erp.readCustomer(customerId))?.fields.companyName).toBe('Edited in the ERP');
    await erp.upsertRecord('customer', customerId, { companyName: 'Acme' });
    await eventually(async () => (await cases(customerId)).at(-1)?.status === 'RESOLVED', soon);
  });

  it('raises a case when the ERP refuses a customer and goes on with its next revision', async () => {
    const { number: taken } = await party();
    const customerId = randomUUID();
    await publishCustomer(customerId, { accountNumber: taken });
    await eventually(async () => (await cases(customerId)).length > 0, soon);
    expect(await cases(customerId)).toMatchObject([
      { kind: 'customer-not-written', status: 'OPEN', details: { code: 'netsuite-rejected' } },
    ]);
    await publishCustomer(customerId, { revision: 2n, accountNumber: 'A-4' });
    await eventually(async () => (await cases(customerId)).at(-1)?.status === 'RESOLVED', soon);
    expect((await erp.readCustomer(customerId))?.fields.entityId).toBe('A-4');
  });

  it('publishes a customer that was deleted in the ERP and retires its link', async () => {
    const customerId = randomUUID();
    await publishCustomer(customerId, { accountNumber: 'A-5' });
    await inErp(customerId, 'A-5');
    const { vendorId } = await eventually(() => referenceOf(customerId), soon);
    await fetch(`${sandbox.url}/sandbox/records/customer/${vendorId}`, { method: 'DELETE' });
    await eventually(async () => (await accounts()).get('A-5')?.lifecycle === 'DELETED', soon);
    await eventually(async () => (await referenceOf(customerId))?.status === 'RETIRED', soon);
  });

  it('leaves customers of another CRM instance alone', async () => {
    const [foreign, ours] = [randomUUID(), randomUUID()];
    const source = {
      system: 'salesforce',
      instance: 'other',
      entity: 'Account',
      id: '1',
      version: null,
      changedAt: null,
    };
    await publishCustomer(foreign, { accountNumber: 'A-6', source });
    await publishCustomer(ours, { accountNumber: 'A-7' });
    await inErp(ours, 'A-7');
    expect(await erp.readCustomer(foreign)).toBeNull();
  });
});

it('answers a snapshot request with the raw rows and a header whose sums NetSuite confirms', async () => {
  const who = await party();
  await bill(who, 'OLD-1', '100.10', { tranDate: '2001-03-31' });
  await bill(who, 'OLD-2', '50', { tranDate: '2001-05-01' });
  await pay(who, 'OLD-P', '40', 'OLD-1', { apply: { items: [{ doc: { externalId: 'OLD-1' }, amount: '40' }] } });
  const snapshotId = randomUUID();
  const request = { snapshotId, runId: 'run-1', object: 'invoice', system: 'netsuite', instance, cutOff: '2001-04-30' };
  const value = { ...request, requestedAt: new Date().toISOString() };
  await publish({ topic: 'finance.snapshot-request.v1', key: snapshotId, id: randomUUID(), value });
  const mine = (s: { snapshotId: string }) => s.snapshotId === snapshotId;
  const header = await eventually(async () => (await records('finance.snapshot.v1', mine))[0], soon);
  expect(header).toMatchObject({ complete: true, count: 1n, error: null, cutOff: '2001-04-30' });
  expect(header.sums).toEqual([
    { name: 'gross', currency: 'USD', amount: '100.1' },
    { name: 'open', currency: 'USD', amount: '60.1' },
    { name: 'paid', currency: 'USD', amount: '40' },
  ]);
  const [item, ...others] = await records('finance.snapshot-item.v1', mine);
  expect(others).toEqual([]);
  expect(item).toMatchObject({ index: 0n, fields: { tranid: 'OLD-1', foreigntotal: '100.1', trandate: '2001-03-31' } });
  expect(item?.fields).toMatchObject({
    appliedpayments: '40',
    appliedcredits: '0',
    voided: 'F',
    subsidiary: who.subsidiary,
  });
  expect(item?.fields).not.toHaveProperty('links');
});

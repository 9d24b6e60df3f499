import type { ErpCommand } from '@tieout/canonical';
import {
  planOrder,
  type CustomerContent,
  type Erp,
  type KnownCustomers,
  type Page,
  type RecordRead,
  type StandingOrder,
} from '@tieout/connector-erp';
import { startSapSandbox, type SapSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSapClient, type SapClient } from './client.ts';
import { sapConfig } from './config.ts';
import { sapErp } from './erp.client.ts';
import { customerKey, idOf } from './identity.ts';
import { sapMappingConfig } from './mapping-config.ts';

const signal = new AbortController().signal;
const area = { distributionChannel: '10', division: '00', reconciliationAccount: '12100000', paymentTerms: 'NT30' };
const config = sapMappingConfig.parse({
  salesAreas: {
    '1010': { companyCode: '1010', salesOrganization: '1010', ...area },
    '1710': { companyCode: '1710', salesOrganization: '1710', ...area },
  },
  defaultItem: 'SERVICE',
  taxTypes: { DE: 'DE0', US: 'US01' },
  paymentTerms: { 'Net 30': 'NT30' },
  rejectionReason: '60',
  views: {
    hierarchyNodes: { service: 'YY1_HIERARCHYNODE_CDS', set: 'YY1_HierarchyNode' },
    postingPeriods: { service: 'YY1_POSTINGPERIOD_CDS', set: 'YY1_PostingPeriod' },
    exchangeRates: { service: 'YY1_EXCHANGERATE_CDS', set: 'YY1_ExchangeRate' },
  },
});

const customerId = '0a3c3b7e-1111-5222-8333-444455556666';
const contractId = '5b1d7a90-2222-5333-8444-555566667777';
const billingIds = ['6c2e8ba1-0001-5333-8444-555566667777', '6c2e8ba1-0002-5333-8444-555566667777'] as const;

const content: CustomerContent = {
  customerId,
  accountNumber: 'C-2001',
  name: 'Norddeutsche Gesellschaft für Feinmechanik und Optik mit beschränkter Haftung',
  legalName: null,
  taxId: 'DE811907980',
  currency: 'EUR',
  lifecycle: 'ACTIVE',
  paymentTerms: 'Net 30',
  billingAddress: { street: 'Deich 1', city: 'Hamburg', region: null, postalCode: '20095', country: 'DE' },
};

function command(nets: readonly [string, string], more: Partial<ErpCommand> = {}): ErpCommand {
  return {
    ...{ commandId: 'c1', type: 'PUT_ORDER', contractId, contractRevision: 1n, contractNumber: '00000101' },
    ...{ customerId, legalEntity: '1010', currency: 'EUR', orderDate: '2026-03-10', net: '0' },
    lines: nets.map((net, n) => ({
      billingId: billingIds[n] ?? '',
      billOn: n === 0 ? '2026-03-31' : '2026-04-30',
      ...{ itemCode: null, description: `Instalment ${n + 1}`, quantity: '3', unitPrice: '33.3333333333', net },
    })),
    ...{ invoiceDate: null, requestedAt: '2026-03-10T09:00:00.000Z' },
    ...more,
  };
}

/** What the adapter remembers: the customers that it made, by number and by key. */
const numbers = new Map<string, string>();
const known: KnownCustomers = {
  byVendorId: (ids) => Promise.resolve(new Map(ids.flatMap((id) => (numbers.has(id) ? [[id, numbers.get(id)!]] : [])))),
  byExternalKey: (keys) =>
    Promise.resolve(new Map(keys.includes(customerKey(customerId)) ? [[customerKey(customerId), customerId]] : [])),
};

let sandbox: SapSandbox;
let client: SapClient;
let erp: Erp;
let now = new Date('2026-03-10T09:00:00Z');

beforeAll(async () => {
  const { url: databaseUrl } = await createDatabase('sap_erp');
  sandbox = await startSapSandbox({ databaseUrl, now: () => now, pageSizes: { A_BillingDocument: 2 } });
  const { url, client: logon, user, password } = sandbox.credentials;
  const wire = sapConfig.parse({
    ...{ url, client: logon, auth: { kind: 'basic', user, password } },
    without: { A_SalesOrder: ['SalesDocApprovalStatus'], A_OperationalAcctgDocItemCube: ['PaymentMethod'] },
  });
  client = createSapClient(wire, { budget: { run: (_use, call) => call() } });
  erp = sapErp({ client, instance: 'corporate', known, timeZone: 'UTC', config });
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

/** People's deeds. */
async function does(path: string, body: object = {}): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.url}/sandbox/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return JSON.parse(text) as Record<string, string>;
}

const cursors = new Map<string, unknown>();

/** What a stream brings since it was asked last. */
async function changes(reader: {
  stream: string;
  read(cursor: unknown, signal: AbortSignal): Promise<Page<RecordRead<unknown>>>;
}): Promise<Record<string, object>> {
  const states: Record<string, object> = {};
  for (let more = true; more;) {
    const page = await reader.read(cursors.get(reader.stream) ?? null, signal);
    cursors.set(reader.stream, page.next);
    for (const { vendorId, mapped } of page.records)
      states[vendorId] = mapped.kind === 'mapped' ? (mapped.value as object) : mapped;
    more = page.more;
  }
  return states;
}

const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};
const [invoices, payments, memos] = [0, 1, 2].map((n) => () => erp.documents[n]!) as [
  () => Erp['documents'][number],
  () => Erp['documents'][number],
  () => Erp['documents'][number],
];

async function standing(): Promise<StandingOrder> {
  const found = await erp.orderWriter.read(contractId, signal);
  if (found === null) throw new Error('no order stands');
  return found;
}

describe('S/4HANA behind the port', () => {
  let customer: string;

  it('takes a customer once, and reads it back as its account', async () => {
    customer = await erp.customerWriter.create(content, ['1010'], signal);
    expect(await erp.customerWriter.create(content, ['1010'], signal)).toBe(customer);
    numbers.set(customer, customerId);
    expect(await erp.customerWriter.read(customerId, signal)).toEqual({
      vendorId: customer,
      fields: erp.customerWriter.asked(content),
    });
    expect(await changes(erp.customers)).toEqual({
      [customer]: expect.objectContaining({
        ...{ customerId, number: customer, name: content.name, taxId: 'DE811907980', currency: 'EUR' },
        ...{ paymentTerms: 'NT30', blocked: false, lifecycle: 'ACTIVE' },
        legalEntityId: idOf('CompanyCode', { instance: 'corporate' }, '1010'),
      }) as object,
    });
  });

  it('writes what the CRM owns, and adds what another legal entity needs', async () => {
    later(10);
    const renamed = { ...content, name: 'Feinmechanik Nord GmbH', taxId: 'DE811907981' };
    await erp.customerWriter.update({ customerId, vendorId: customer }, erp.customerWriter.asked(renamed), signal);
    await erp.customerWriter.extend?.({ customerId, vendorId: customer }, renamed, ['1010', '1710'], signal);
    await erp.customerWriter.extend?.({ customerId, vendorId: customer }, renamed, ['1710'], signal);
    expect(await changes(erp.customers)).toMatchObject({
      [customer]: { name: 'Feinmechanik Nord GmbH', taxId: 'DE811907981', blocked: false },
    });
    await does(`partners/${customer}/block`, { order: true });
    later(1);
    expect(await changes(erp.customers)).toMatchObject({ [customer]: { blocked: true } });
    await does(`partners/${customer}/block`, { order: false });
  });

  it('puts an order to the digit, and changes what differs of it', async () => {
    const asked = await erp.orderWriter.asked(command(['100', '50.01']), signal);
    expect(planOrder(asked, null, [])).toEqual({ kind: 'create' });
    await erp.orderWriter.write(asked, { kind: 'create' }, null, signal);
    expect(planOrder(asked, await standing(), [asked.content])).toEqual({ kind: 'done' });
    const amended = await erp.orderWriter.asked(command(['100', '70.05'], { contractNumber: '00000102' }), signal);
    const before = await standing();
    const plan = planOrder(amended, before, [asked.content]);
    if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
    await erp.orderWriter.write(amended, plan, before, signal);
    await expect(erp.orderWriter.write(amended, plan, before, signal)).rejects.toMatchObject({
      code: 'sap-changed-meanwhile',
    });
    expect(planOrder(amended, await standing(), [amended.content])).toEqual({ kind: 'done' });
    const { id } = await standing();
    expect(await changes(erp.orders)).toMatchObject({
      [id]: {
        ...{
          lifecycle: 'OPEN',
          contractId,
          customerId,
          net: '170.05',
          billedNet: '0',
          unbilledNet: '170.05',
          tax: '32.31',
        },
        lines: [
          { billingId: billingIds[0], billOn: '2026-03-31', quantity: '3', net: '100' },
          { billingId: billingIds[1], billOn: '2026-04-30', net: '70.05' },
        ],
      },
    });
  });

  it('shows a bill, its part payment, its payment, and both taken back', async () => {
    later(10);
    const { id: salesOrder } = await standing();
    const { billingDocument = '', gross = '' } = await does('billing-documents', {
      salesOrder,
      items: [{ item: '10' }],
    });
    later(1);
    expect(await changes(invoices())).toMatchObject({
      [billingDocument]: {
        lifecycle: 'OPEN',
        contractId,
        customerId,
        net: '100',
        tax: '19',
        gross: '119',
        paid: '0',
        open: '119',
        period: '2026-03',
      },
    });
    expect(await changes(erp.orders)).toMatchObject({ [salesOrder]: { billedNet: '100', unbilledNet: '70.05' } });
    expect(gross).toBe('119.00');

    later(1);
    const account = { customer, companyCode: '1010', currency: 'EUR' };
    const part = await does('payments', { ...account, amount: '50', invoices: [{ billingDocument, amount: '19' }] });
    later(1);
    expect(await changes(invoices())).toMatchObject({
      [billingDocument]: { lifecycle: 'OPEN', paid: '19', open: '100' },
    });
    const partId = `1010/2026/${part['accountingDocument']}`;
    const invoiceId = idOf('BillingDocument', { instance: 'corporate' }, billingDocument);
    expect(await changes(payments())).toMatchObject({
      [partId]: {
        lifecycle: 'POSTED',
        amount: '50',
        unapplied: '31',
        allocations: [{ invoiceId, amount: '19' }],
        customerId,
      },
    });

    later(1);
    const rest = await does('payments', { ...account, amount: '100', invoices: [{ billingDocument }] });
    later(1);
    expect(await changes(invoices())).toMatchObject({
      [billingDocument]: { lifecycle: 'PAID', paid: '119', open: '0' },
    });
    const restId = `1010/2026/${rest['accountingDocument']}`;
    expect(await changes(payments())).toMatchObject({
      [restId]: { amount: '100', unapplied: '0', allocations: [{ invoiceId, amount: '100' }] },
    });

    later(1);
    const reversal = await does('payments/reverse', {
      ...{
        companyCode: '1010',
        fiscalYear: '2026',
        accountingDocument: rest['accountingDocument'],
        resetClearing: true,
      },
    });
    later(1);
    expect(await changes(invoices())).toMatchObject({
      [billingDocument]: { lifecycle: 'OPEN', paid: '19', open: '100' },
    });
    expect(await changes(payments())).toMatchObject({
      [restId]: { lifecycle: 'VOIDED', amount: '100', allocations: [], reversalOf: null },
      [`1010/2026/${reversal['accountingDocument']}`]: {
        ...{
          lifecycle: 'VOIDED',
          amount: '100',
          reversalOf: idOf('AccountingDocument', { instance: 'corporate' }, restId),
        },
      },
    });
  });

  it('shows a credit memo, and an invoice that was cancelled', async () => {
    later(10);
    const { id: salesOrder } = await standing();
    const second = await does('billing-documents', { salesOrder, items: [{ item: '20' }] });
    const cancelled = second['billingDocument'] ?? '';
    later(1);
    const cancelling = (await does(`billing-documents/${cancelled}/cancel`))['billingDocument'] ?? '';
    later(1);
    const invoiceId = idOf('BillingDocument', { instance: 'corporate' }, cancelled);
    expect(await changes(invoices())).toMatchObject({
      [cancelled]: { lifecycle: 'VOIDED', open: '0', credited: '83.36' },
    });
    expect(await changes(memos())).toMatchObject({
      [cancelling]: { lifecycle: 'VOIDED', gross: '83.36', unapplied: '0', reversalOf: invoiceId },
    });
    expect(await changes(erp.orders)).toMatchObject({ [salesOrder]: { billedNet: '100', unbilledNet: '70.05' } });
    const [open] = Object.keys(await changes({ ...invoices(), stream: 'all-invoices' })).filter(
      (id) => id !== cancelled,
    );
    later(1);
    const memo = await does('credit-memos', { billingDocument: open, items: [{ item: '10', netAmount: '10' }] });
    later(1);
    expect(await changes(memos())).toMatchObject({
      [memo['billingDocument'] ?? '']: {
        ...{ lifecycle: 'APPLIED', gross: '11.9', unapplied: '0', contractId },
        reversalOf: idOf('BillingDocument', { instance: 'corporate' }, open ?? ''),
      },
    });
  });

  it('reads company codes, centres, hierarchies, periods and rates whole', async () => {
    await does('cost-centers', { costCenter: 'SALES', companyCode: '1010', name: 'Sales', validFrom: '2025-01-01' });
    const streams = new Map<string, readonly RecordRead<unknown>[]>();
    for (const reader of erp.dimensions) streams.set(reader.stream, await reader.read(signal));
    const problems = [...streams].flatMap(([stream, records]) =>
      records.flatMap(({ mapped }) => (mapped.kind === 'refused' ? [[stream, mapped.problem]] : [])),
    );
    expect(problems).toEqual([]);
    expect(streams.get('legal-entity')?.map(({ vendorId }) => vendorId)).toEqual(['1010', '1710']);
    expect(streams.get('cost-center')).toContainEqual(
      expect.objectContaining({
        mapped: { kind: 'mapped', value: expect.objectContaining({ code: 'SALES', name: 'Sales' }) as object },
      }),
    );
    expect(streams.get('accounting-period')?.length).toBeGreaterThan(0);
  });

  it('lists whole and counts as the ledger does', async () => {
    const held: Record<string, number> = {};
    for (const object of erp.snapshots.objects) {
      const reading = await erp.snapshots.read({ object, cutOff: null }, signal);
      expect([object, reading.error]).toEqual([object, null]);
      held[object] = reading.items.length;
    }
    expect(held).toEqual({ customer: 1, order: 1, invoice: 2, 'invoice-line': 2, 'credit-memo': 2, payment: 3 });
    const totals = (await erp.totals(signal)).map(({ group, mapped }) => [
      group,
      mapped.kind === 'mapped' ? [mapped.value.count, mapped.value.sums] : mapped,
    ]);
    expect(totals).toEqual([
      ['invoice/1010/2026-03/EUR', [1n, [{ name: 'gross', amount: '119' }]]],
      ['payment/1010/2026-03/EUR', [1n, [{ name: 'amount', amount: '50' }]]],
    ]);
  });
});

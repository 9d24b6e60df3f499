import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { startTestBooks, type TestBooks } from './test-books.ts';

let books: TestBooks;
let sql: Client;
beforeAll(async () => {
  books = await startTestBooks('sap_receivables');
  sql = new Client({ connectionString: books.databaseUrl });
  await sql.connect();
  await sql.query('set search_path to sandbox_s4hana');
});
afterAll(async () => {
  await sql.end();
  await books.sandbox.close();
});

type Row = Record<string, string | boolean | null>;
const bill = (number: string): Promise<Row> => books.read(`API_BILLING_DOCUMENT_SRV/A_BillingDocument('${number}')`);
const items = (customer: string, filter = ''): Promise<Row[]> =>
  books.read(
    `API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube?$filter=Customer eq '${customer}'${filter}&$orderby=AccountingDocument,AccountingDocumentItem`,
  );
const open = async (customer: string): Promise<string[]> =>
  (await items(customer, ' and IsCleared eq false')).map(({ AmountInTransactionCurrency }) =>
    String(AmountInTransactionCurrency),
  );
const invoiceOf = async (customer: string, net: string, date = '2026-03-10'): Promise<Record<string, string>> =>
  books.does('billing-documents', { salesOrder: await books.order(customer, [['1', net]]), date });
const pay = (customer: string, amount: string, more: object = {}): Promise<Record<string, string>> =>
  books.does('payments', { customer, companyCode: '1010', currency: 'EUR', amount, ...more });

describe('bills', () => {
  it('take an order in parts that are the order to the cent, and what is cancelled comes back', async () => {
    const customer = await books.customer();
    const salesOrder = await books.order(customer, [
      ['3', '100'],
      ['1', '0.07'],
    ]);
    const first = await books.does('billing-documents', {
      salesOrder,
      items: [{ item: '10', quantity: '1' }],
      reference: 'REF-1',
    });
    expect(first).toMatchObject({ net: '33.33', tax: '6.33', gross: '39.66' });
    const second = await books.does('billing-documents', { salesOrder, items: [{ item: '10', netAmount: '33.34' }] });
    expect(await books.refused('billing-documents', { salesOrder, items: [{ item: '10', netAmount: '33.34' }] })).toBe(
      'VF/017',
    );
    const rest = await books.does('billing-documents', { salesOrder });
    expect([second['net'], rest['net'], rest['tax']]).toEqual(['33.34', '33.40', '6.35']);
    const { OverallSDProcessStatus } = await books.read(`API_SALES_ORDER_SRV/A_SalesOrder('${salesOrder}')`);
    expect(OverallSDProcessStatus).toBe('C');
    expect(await bill(first['billingDocument']!)).toMatchObject({
      BillingDocumentType: 'F2',
      SDDocumentCategory: 'M',
      TotalGrossAmount: '39.66',
      DocumentReferenceID: 'REF-1',
      CompanyCode: '1010',
      AccountingDocument: first['accountingDocument'],
      AccountingPostingStatus: 'C',
      InvoiceClearingStatus: 'A',
    });
    await books.does(`billing-documents/${rest['billingDocument']}/cancel`);
    expect((await books.does('billing-documents', { salesOrder }))['net']).toBe('33.40');
  });

  it('are cancelled by a document of their own that clears them', async () => {
    const customer = await books.customer();
    const { billingDocument, accountingDocument } = await invoiceOf(customer, '100');
    const before = await bill(billingDocument!);
    books.clock = new Date('2026-03-12T10:00:00Z');
    const answer = await books.write('POST', `API_BILLING_DOCUMENT_SRV/Cancel?BillingDocument='${billingDocument}'`);
    const { CancellationBillingDocument: number, SystemMessageType } = answer.json.d.Cancel as Record<string, string>;
    expect(SystemMessageType).toBe('S');
    expect(await bill(number!)).toMatchObject({
      SDDocumentCategory: 'N',
      BillingDocumentType: 'S1',
      CancelledBillingDocument: billingDocument,
      TotalGrossAmount: '119.00',
    });
    const after = await bill(billingDocument!);
    expect(after).toMatchObject({ BillingDocumentIsCancelled: true, InvoiceClearingStatus: 'C' });
    expect(after['LastChangeDateTime']).not.toBe(before['LastChangeDateTime']);
    const [invoice, reversal] = await items(customer);
    expect(invoice).toMatchObject({
      AccountingDocument: accountingDocument,
      IsReversed: true,
      ReverseDocument: reversal!['AccountingDocument'],
    });
    expect(reversal).toMatchObject({
      AmountInTransactionCurrency: '-119.00',
      IsReversal: true,
      ClearingAccountingDocument: reversal!['AccountingDocument'],
    });
    expect(await open(customer)).toEqual([]);
    expect(await books.refused(`billing-documents/${billingDocument}/cancel`)).toBe('VF/064');
  });

  it('leave an open credit when they are cancelled after they were paid', async () => {
    const customer = await books.customer();
    const { billingDocument } = await invoiceOf(customer, '100');
    await pay(customer, '119', { invoices: [{ billingDocument }] });
    await books.does(`billing-documents/${billingDocument}/cancel`);
    expect(await open(customer)).toEqual(['-119.00']);
  });

  it('are credited up to what they say, with their tax to the cent', async () => {
    const customer = await books.customer();
    const { billingDocument, accountingDocument } = await invoiceOf(customer, '0.07');
    const parts = ['0.02', '0.02', '0.03'];
    const taxes: string[] = [];
    for (const netAmount of parts)
      taxes.push((await books.does('credit-memos', { billingDocument, items: [{ item: '10', netAmount }] }))['tax']!);
    expect(taxes).toEqual(['0.00', '0.00', '0.01']);
    expect(await books.refused('credit-memos', { billingDocument, items: [{ item: '10', netAmount: '0.01' }] })).toBe(
      'VF/070',
    );
    expect(await open(customer)).toEqual(['0.08', '-0.02', '-0.02', '-0.04']);
    const [credit] = await items(customer, ` and InvoiceReference eq '${accountingDocument}'`);
    expect(await bill(String(credit!['BillingDocument']))).toMatchObject({
      SDDocumentCategory: 'O',
      TotalNetAmount: '0.02',
    });
    const { accountingDocument: clearing } = await books.does('clearings', {
      companyCode: '1010',
      customer,
      documents: (await items(customer)).map(({ AccountingDocument }) => ({ accountingDocument: AccountingDocument })),
    });
    expect(await open(customer)).toEqual([]);
    expect(
      new Set((await items(customer)).map(({ ClearingAccountingDocument }) => ClearingAccountingDocument)),
    ).toEqual(new Set([clearing]));
  });
});

describe('payments', () => {
  it('clear the invoices that they pay in full, by their own number, and move no stamp of a bill', async () => {
    const customer = await books.customer();
    const [one, two] = [await invoiceOf(customer, '100'), await invoiceOf(customer, '50')];
    const before = await bill(one['billingDocument']!);
    books.clock = new Date('2026-03-20T08:00:00Z');
    const { accountingDocument: payment } = await pay(customer, '178.5', {
      invoices: [one, two].map(({ billingDocument }) => ({ billingDocument })),
    });
    expect(await open(customer)).toEqual([]);
    const cleared = await items(customer, ` and ClearingAccountingDocument eq '${payment}'`);
    expect(cleared.map((each) => [each['AccountingDocumentType'], each['AmountInTransactionCurrency']])).toEqual([
      ['DZ', '-178.50'],
      ['RV', '119.00'],
      ['RV', '59.50'],
    ]);
    const after = await bill(one['billingDocument']!);
    expect(after['InvoiceClearingStatus']).toBe('C');
    expect(after['LastChangeDateTime']).toBe(before['LastChangeDateTime']);
    const moved: Row[] = await books.read(
      `API_GLACCOUNTLINEITEM/GLAccountLineItem?$filter=LastChangeDateTime ge datetimeoffset'2026-03-20T08:00:00Z' and Customer eq '${customer}'`,
    );
    expect(moved).toHaveLength(3);
  });

  it('stay open beside the invoice when they are a part of it, until the rest clears both', async () => {
    const customer = await books.customer();
    const { billingDocument, accountingDocument, fiscalYear } = await invoiceOf(customer, '100');
    await pay(customer, '19.01', { invoices: [{ billingDocument, amount: '19.01' }] });
    const [partial] = await items(customer, ' and AmountInTransactionCurrency lt 0');
    expect(partial).toMatchObject({
      AmountInTransactionCurrency: '-19.01',
      IsCleared: false,
      InvoiceReference: accountingDocument,
      InvoiceReferenceFiscalYear: fiscalYear,
    });
    expect((await bill(billingDocument!))['InvoiceClearingStatus']).toBe('B');
    const more = {
      customer,
      companyCode: '1010',
      currency: 'EUR',
      amount: '119',
      invoices: [{ billingDocument, amount: '119' }],
    };
    expect(await books.refused('payments', more)).toBe('F5/703');
    await pay(customer, '99.99', { invoices: [{ billingDocument }] });
    expect(await open(customer)).toEqual([]);
  });

  it('put on account what nothing asks for, and use credits up', async () => {
    const customer = await books.customer();
    const { billingDocument } = await invoiceOf(customer, '100');
    await pay(customer, '120', { invoices: [{ billingDocument }] });
    expect(await open(customer)).toEqual(['-1.00']);
    const next = await invoiceOf(customer, '10');
    const credits = (await items(customer, ' and IsCleared eq false and AmountInTransactionCurrency lt 0')).map(
      ({ AccountingDocument }) => ({
        accountingDocument: AccountingDocument,
      }),
    );
    await pay(customer, '10.9', { invoices: [{ billingDocument: next['billingDocument'] }], credits });
    expect(await open(customer)).toEqual([]);
    const short = {
      customer,
      companyCode: '1010',
      currency: 'EUR',
      amount: '1',
      invoices: [{ billingDocument: (await invoiceOf(customer, '10'))['billingDocument'] }],
    };
    expect(await books.refused('payments', short)).toBe('F5/702');
  });

  it('are taken back: the clearing is reset, the payment reversed', async () => {
    const customer = await books.customer();
    const { billingDocument } = await invoiceOf(customer, '100');
    const { accountingDocument, fiscalYear } = await pay(customer, '119', { invoices: [{ billingDocument }] });
    const payment = { companyCode: '1010', fiscalYear, accountingDocument };
    expect(await books.refused('payments/reverse', payment)).toBe('F5/308');
    await books.does('clearings/reset', { companyCode: '1010', fiscalYear, clearingDocument: accountingDocument });
    expect(await open(customer)).toEqual(['-119.00', '119.00']);
    await books.does('payments/reverse', payment);
    expect(await open(customer)).toEqual(['119.00']);
    expect(await books.refused('payments/reverse', payment)).toBe('F5/361');
    const again = await pay(customer, '119', { invoices: [{ billingDocument }] });
    await books.does('payments/reverse', {
      ...payment,
      accountingDocument: again['accountingDocument'],
      resetClearing: true,
    });
    expect(await open(customer)).toEqual(['119.00']);
    await books.does(`partners/${customer}/block`, { posting: true });
    const asked = { customer, companyCode: '1010', currency: 'EUR', amount: '119', invoices: [{ billingDocument }] };
    expect(await books.refused('payments', asked)).toBe('F5/104');
  });
});

describe('the ledger', () => {
  it('posts nothing into a closed period, for the account types that it is closed for', async () => {
    const customer = await books.customer();
    const { billingDocument } = await invoiceOf(customer, '100', '2026-01-31');
    await books.does('posting-periods', {
      companyCode: '1010',
      fiscalYear: '2026',
      period: 1,
      accountTypes: ['D'],
      open: false,
    });
    const salesOrder = await books.order(customer, [['1', '5']]);
    expect(await books.refused('billing-documents', { salesOrder, date: '2026-01-31' })).toBe('F5/286');
    const cancel = await books.write('POST', `API_BILLING_DOCUMENT_SRV/Cancel?BillingDocument='${billingDocument}'`);
    expect([cancel.status, cancel.json.error.code]).toEqual([400, 'F5/286']);
    const periods = `YY1_POSTINGPERIOD_CDS/YY1_PostingPeriod?$filter=CompanyCode eq '1010' and FiscalYear eq '2026' and PeriodIsOpen eq false`;
    expect(await books.read(periods)).toMatchObject([
      { FiscalPeriod: '001', FinancialAccountType: 'D', PeriodEndDate: '/Date(1769817600000)/' },
    ]);
    await books.does('posting-periods', {
      companyCode: '1010',
      fiscalYear: '2026',
      period: 1,
      accountTypes: ['D'],
      open: true,
    });
    expect((await books.does('billing-documents', { salesOrder, date: '2026-01-31' }))['net']).toBe('5.00');
  });

  it('keeps foreign amounts in both currencies: what the rate makes of a payment is gain or loss', async () => {
    const customer = await books.customer({ currency: 'USD', country: 'US' });
    const salesOrder = await books.order(customer, [['1', '100']]);
    const bill = { salesOrder, date: '2026-02-10' };
    expect(await books.refused('billing-documents', bill)).toBe('SG/105');
    await books.does('exchange-rates', { from: 'USD', to: 'EUR', validFrom: '2026-01-01', rate: '0.90000' });
    await books.does('exchange-rates', { from: 'USD', to: 'EUR', validFrom: '2026-03-01', rate: '-1.25000' });
    const { billingDocument } = await books.does('billing-documents', bill);
    await books.does('payments', {
      customer,
      companyCode: '1010',
      currency: 'USD',
      amount: '100',
      date: '2026-03-05',
      invoices: [{ billingDocument }],
    });
    expect(
      (await items(customer)).map((each) => [each['AmountInTransactionCurrency'], each['AmountInCompanyCodeCurrency']]),
    ).toEqual([
      ['-100.00', '-90.00'],
      ['100.00', '90.00'],
    ]);
    const lines: Row[] = await books.read(`API_GLACCOUNTLINEITEM/GLAccountLineItem?$filter=GLAccount eq '72500000'`);
    expect(lines.map((each) => each['AmountInCompanyCodeCurrency'])).toEqual(['10.00']);
  });

  it('ties out: every document is zero, and open items are invoices less payments less credits', async () => {
    const { rows: documents } = await sql.query(
      `select "AccountingDocument" from accounting_item group by "CompanyCode", "FiscalYear", "AccountingDocument"
       having sum("AmountInTransactionCurrency") <> 0 or sum("AmountInCompanyCodeCurrency") <> 0`,
    );
    expect(documents).toEqual([]);
    const { rows: customers } = await sql.query(
      `select o.customer, o.open, coalesce(b.billed, 0) - coalesce(p.paid, 0) as expected from
         (select "Customer" as customer, sum("AmountInTransactionCurrency") as open from accounting_item
          where "FinancialAccountType" = 'D' and "ClearingAccountingDocument" is null group by 1) o
       left join (select "SoldToParty" as customer, sum(case when "SDDocumentCategory" in ('M', 'S') then 1 else -1 end * ("TotalNetAmount" + "TaxAmount")) as billed
         from billing_document group by 1) b using (customer)
       left join (select c.customer, sum(i."AmountInTransactionCurrency") as paid from accounting_item i
         join accounting_document d using ("CompanyCode", "FiscalYear", "AccountingDocument")
         join lateral (select max(x."Customer") as customer from accounting_item x where x."AccountingDocument" = i."AccountingDocument"
           and x."CompanyCode" = i."CompanyCode" and x."FiscalYear" = i."FiscalYear") c on true
         where i."GLAccount" = '11001000' group by 1) p using (customer)
       where o.open <> coalesce(b.billed, 0) - coalesce(p.paid, 0)`,
    );
    expect(customers).toEqual([]);
    const { rows: cleared } = await sql.query(
      `select "ClearingAccountingDocument" from accounting_item where "FinancialAccountType" = 'D' and "ClearingAccountingDocument" is not null
       group by "CompanyCode", "ClearingDocFiscalYear", "ClearingAccountingDocument"
       having sum("AmountInTransactionCurrency") <> 0 or sum("AmountInCompanyCodeCurrency") <> 0`,
    );
    expect(cleared).toEqual([]);
  });
});

describe('cost centres', () => {
  it('are cut into intervals of validity and hang in the standard hierarchy', async () => {
    await books.does('hierarchy-nodes', { type: '101', node: 'H1', name: 'All' });
    await books.does('hierarchy-nodes', { type: '101', node: 'H11', name: 'Sales', parent: 'H1' });
    const center = { costCenter: '10101101', companyCode: '1010', hierarchyNode: 'H11' };
    await books.does('cost-centers', { ...center, name: 'Sales', validFrom: '2020-01-01' });
    await books.does('cost-centers', { ...center, name: 'Sales North', validFrom: '2026-01-01' });
    const rows: Row[] = await books.read(`API_COSTCENTER_SRV/A_CostCenterText?$orderby=ValidityEndDate`);
    expect(rows.map((each) => [each['CostCenterName'], each['ValidityEndDate']])).toEqual([
      ['Sales', `/Date(${Date.UTC(2025, 11, 31)})/`],
      ['Sales North', '/Date(253402214400000)/'],
    ]);
    expect(await books.read(`YY1_HIERARCHYNODE_CDS/YY1_HierarchyNode?$orderby=HierarchyNode`)).toMatchObject([
      { HierarchyNode: 'H1', ParentNode: '', HierarchyNodeLevel: 0 },
      { HierarchyNode: 'H11', ParentNode: 'H1', HierarchyNodeLevel: 1 },
    ]);
  });
});

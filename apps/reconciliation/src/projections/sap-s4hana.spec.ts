import { canonicalId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import {
  sapCreditMemo,
  sapCustomer,
  sapCustomerLink,
  sapInvoice,
  sapInvoiceLine,
  sapOrder,
  sapPayment,
  sapReversed,
} from './sap-s4hana.ts';

const id = (entity: string, vendorId: string): string => canonicalId('sap-s4hana', 'corporate', entity, vendorId);
const contract = '0193f7a2-0000-7000-8000-00000000000a';
const invoice = {
  ...{ BillingDocument: '90000001', BillingDocumentDate: '2026-09-03', SDDocumentCategory: 'M', CompanyCode: '1010' },
  ...{ SoldToParty: '1000000', TransactionCurrency: 'EUR', TotalGrossAmount: '119.00', OpenAmount: '19.00' },
  ...{ LastChangeDateTime: '2026-09-03T10:00:00.000Z', PurchaseOrderByShipToParty: contract.replaceAll('-', '') },
};
const read = <T>(
  project: (item: { itemId: string; fields: Record<string, string> }, instance: string) => T,
  itemId: string,
  fields: Record<string, string>,
): T => project({ itemId, fields }, 'corporate');

describe('raw items of SAP', () => {
  it('read an invoice with what is open, under the company code that it was posted in', () => {
    expect(read(sapInvoice, '90000001', invoice)).toMatchObject({
      ...{ id: id('BillingDocument', '90000001'), number: '90000001', date: '2026-09-03', currency: 'EUR' },
      ...{
        legalEntityId: id('CompanyCode', '1010'),
        legalEntity: '1010',
        customerAccountId: id('Customer', '1000000'),
      },
      ...{ amount: '119', rest: '19', changedAt: '2026-09-03T10:00:00.000Z' },
    });
  });

  it('leave out what was cancelled, and tell it as reversed', () => {
    const undone = { ...invoice, UndoneByReversal: 'true' };
    expect([
      read(sapInvoice, '1', undone),
      read(sapCreditMemo, '1', undone),
      read(sapInvoiceLine, '1/10', undone),
    ]).toEqual([null, null, null]);
    expect(read(sapReversed('invoice'), '90000001', undone)).toMatchObject({
      id: id('BillingDocument', '90000001'),
      date: '2026-09-03',
    });
    expect(read(sapReversed('invoice'), '90000001', invoice)).toBeNull();
  });

  it('read lines with contract and billing id, which SAP holds without dashes and in capitals', () => {
    const line = { ...invoice, NetAmount: '100.00', MaterialByCustomer: contract.replaceAll('-', '').toUpperCase() };
    expect(read(sapInvoiceLine, '90000001/10', line)).toMatchObject({
      ...{ invoiceId: id('BillingDocument', '90000001'), vendorId: '90000001', net: '100' },
      ...{ contractId: contract, billingId: contract },
    });
    const { PurchaseOrderByShipToParty: _key, ...foreign } = line;
    expect(read(sapInvoiceLine, '90000001/10', foreign)).toBeNull();
  });

  it('read an order by what is asked for and left to bill, and none that was rejected whole', () => {
    const order = {
      ...{ SalesOrderDate: '2026-09-01', CompanyCode: '1010', SoldToParty: '1000000', TransactionCurrency: 'EUR' },
      ...{ AskedNetAmount: '100', AskedTaxAmount: '19', UnbilledNetAmount: '40', OverallSDDocumentRejectionSts: 'A' },
    };
    expect(read(sapOrder, '7', order)).toMatchObject({ net: '100', amount: '119', rest: '40', isClosed: false });
    const rejected = { ...order, AskedNetAmount: '0', UnbilledNetAmount: '0', OverallSDDocumentRejectionSts: 'C' };
    expect(read(sapOrder, '7', rejected)).toBeNull();
    expect(read(sapReversed('order'), '7', rejected)).toMatchObject({ id: id('SalesOrder', '7') });
  });

  it('read a payment and its unused rest', () => {
    const payment = {
      ...{ CompanyCode: '1010', FiscalYear: '2026', AccountingDocument: '1400000000', PostingDate: '2026-09-20' },
      ...{ Customer: '1000000', TransactionCurrency: 'EUR', PaymentAmount: '120.00', OpenAmount: '1.00' },
    };
    const itemId = '1010/2026/1400000000';
    expect(read(sapPayment, itemId, payment)).toMatchObject({
      id: id('AccountingDocument', itemId),
      amount: '120',
      rest: '1',
    });
    expect(read(sapPayment, itemId, { ...payment, UndoneByReversal: 'true' })).toBeNull();
    expect(() => read(sapPayment, itemId, { ...payment, TransactionCurrency: 'XX' })).toThrow(/XX/);
  });

  it('read a customer whose name goes over several fields, and whom it stands for', () => {
    const ours = '00000000-0000-0000-0000-0000000000c1';
    const name = 'Moorbach Optik und Feinmechanik Vertriebs';
    const fields = {
      OrganizationBPName1: name.slice(0, 40),
      OrganizationBPName2: 's GmbH',
      SearchTerm1: 'K-1',
      BPTaxNumber: 'DE1',
      ...{ customerId: ours, BusinessPartnerIDByExtSystem: '0000000000000000005D' },
    };
    expect(read(sapCustomer, '1000000', fields)).toMatchObject({
      name: `${name.slice(0, 40)}s GmbH`,
      accountNumber: 'K-1',
      taxId: 'DE1',
      customerId: ours,
    });
    expect(read(sapCustomer, '1000000', { ...fields, DeletionIndicator: 'true' })).toBeNull();
    expect(read(sapCustomerLink, '1000000', fields)).toEqual([id('Customer', '1000000'), ours]);
    const strange = { ...fields, BusinessPartnerIDByExtSystem: '0000000000000000005E' };
    expect(() => read(sapCustomerLink, '1000000', strange)).toThrow(/is not the key of customer/);
  });
});

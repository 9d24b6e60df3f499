import { canonicalId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { anaplanCell, anaplanForecastCell } from './anaplan.ts';
import {
  netsuiteCreditMemo,
  netsuiteCustomer,
  netsuiteCustomerLink,
  netsuiteInvoice,
  netsuiteInvoiceLine,
  netsuiteOrder,
  netsuitePayment,
} from './netsuite.ts';
import { instant, projectAll } from './raw.ts';
import { salesforceContract, salesforceContractLine, salesforceCustomer } from './salesforce.ts';

const invoice = {
  ...{ tranid: '0000611365', trandate: '2013-01-02', currency: 'USD', subsidiary: '2', foreigntotal: '55.940' },
  ...{ foreignamountunpaid: '0', voided: 'F', appliedpayments: '55.94', appliedcredits: '0' },
};
const read = (change: Record<string, string | undefined>): unknown => {
  const fields = Object.fromEntries(
    Object.entries({ ...invoice, ...change }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const { rows, unreadable } = projectAll([{ itemId: '4711', fields }], (item) => netsuiteInvoice(item, 'main'));
  return rows[0] ?? unreadable[0]?.reason ?? null;
};

describe('raw invoices', () => {
  it('say what the ERP says, in canonical amounts and ids', () => {
    expect(read({})).toEqual({
      ...{ id: canonicalId('netsuite', 'main', 'invoice', '4711'), number: '0000611365' },
      ...{ legalEntityId: canonicalId('netsuite', 'main', 'subsidiary', '2'), customerId: null, currency: 'USD' },
      ...{
        date: '2013-01-02',
        amount: '55.94',
        rest: '0',
        changedAt: null,
        appliedPayments: '55.94',
        appliedCredits: '0',
      },
      ...{ vendorId: '4711', vendorCustomerId: null, customerAccountId: null, legalEntity: null },
    });
  });

  it('name the customer record of the ERP, and not yet the customer', () => {
    expect(read({ entity: '77' })).toMatchObject({
      ...{ vendorCustomerId: '77', customerId: null },
      customerAccountId: canonicalId('netsuite', 'main', 'customer', '77'),
    });
  });

  it.each<[string, Record<string, string | undefined>, unknown]>([
    ['that are void are none', { voided: 'T' }, null],
    ['without an amount cannot be read', { foreigntotal: undefined }, 'no foreigntotal'],
    ['without what is open cannot be read', { foreignamountunpaid: undefined }, 'no foreignamountunpaid'],
    ['with an amount that is none cannot be read', { foreigntotal: '1,000.00' }, expect.stringContaining('1,000.00')],
    ['in a currency nobody knows cannot be read', { currency: 'US Dollar' }, expect.stringContaining('ISO 4217')],
    ['of a day that is none cannot be read', { trandate: '2013-02-30' }, expect.stringContaining('2013-02-30')],
  ])('%s', (_name, change, expected) => {
    expect(read(change)).toEqual(expected);
  });
});

describe('other raw items', () => {
  it('read a payment whose unused amount is not given as fully applied', () => {
    const fields: Record<string, string> = { ...invoice };
    delete fields['foreignamountunpaid'];
    expect(netsuitePayment({ itemId: '1', fields }, 'main')).toMatchObject({ amount: '55.94', rest: '0' });
  });

  it('read customers by the names of each system and leave out those not in use', () => {
    const erp = { entityid: 'A-1', companyname: 'Acme', externalid: 'c1', isinactive: 'F' };
    expect(netsuiteCustomer({ itemId: '7', fields: erp }, 'main')).toMatchObject({
      customerId: 'c1',
      accountNumber: 'A-1',
      taxId: null,
    });
    expect(netsuiteCustomer({ itemId: '7', fields: { ...erp, isinactive: 'T' } }, 'main')).toBeNull();
    const crm = {
      AccountNumber: 'A-1',
      Name: 'Acme',
      IsDeleted: 'false',
      SystemModstamp: '2026-01-31T10:00:00.000+0000',
    };
    expect(salesforceCustomer({ itemId: '001', fields: crm }, 'main')).toMatchObject({
      customerId: canonicalId('salesforce', 'main', 'Account', '001'),
      changedAt: '2026-01-31T10:00:00.000Z',
    });
    expect(salesforceCustomer({ itemId: '001', fields: { ...crm, IsDeleted: 'true' } }, 'main')).toBeNull();
  });

  it('link a customer record of the ERP, in use or not, to the customer that it carries', () => {
    const link = netsuiteCustomerLink({ itemId: '77', fields: { externalid: 'c1', isinactive: 'T' } }, 'main');
    expect(link).toEqual([canonicalId('netsuite', 'main', 'customer', '77'), 'c1']);
    expect(netsuiteCustomerLink({ itemId: '77', fields: {} }, 'main')).toBeNull();
  });

  it('read empty line items of a planning cell as zero, and a cell of zeros as none', () => {
    const cell = {
      legalEntity: '391',
      month: '2013-01',
      currency: 'USD',
      invoices: '1',
      invoiced: '',
      paid: '',
      open: '',
    };
    expect(anaplanCell({ itemId: 'x', fields: cell })).toMatchObject({
      invoices: '1',
      invoiced: '0',
      paid: '0',
      open: '0',
    });
    expect(anaplanCell({ itemId: 'x', fields: { ...cell, invoices: '0.00' } })).toBeNull();
    expect(() => anaplanCell({ itemId: 'x', fields: { ...cell, month: 'Jan 13' } })).toThrow(/Jan 13/);
  });

  it('take an instant only when it carries its zone', () => {
    expect(instant('2026-01-31T10:00:00')).toBeNull();
    expect(instant('2026-01-31 10:00:00')).toBeNull();
    expect(instant('2026-01-31T10:00:00+01:00')).toBe('2026-01-31T09:00:00.000Z');
    expect(instant(null)).toBeNull();
  });
});

describe('raw contracts', () => {
  const fields = {
    ...{ ContractNumber: '00000101', AccountId: '001A', Status: 'Activated', CurrencyIsoCode: 'CHF' },
    ...{ Legal_Entity__c: 'CH', IsDeleted: 'false', SystemModstamp: '2026-01-31T10:00:00.000+0000' },
  };
  const line = {
    ...{ Contract__c: '800A', Bill_On__c: '2026-03-31', Net_Amount__c: '80.00', CurrencyIsoCode: 'CHF' },
    SystemModstamp: '2026-01-31T10:00:00.000+0000',
  };

  it('bind when they are activated', () => {
    expect(salesforceContract({ itemId: '800A', fields }, 'main')).toEqual({
      ...{ id: canonicalId('salesforce', 'main', 'Contract', '800A'), vendorId: '800A', number: '00000101' },
      ...{ status: 'Activated', isActive: true, customerId: canonicalId('salesforce', 'main', 'Account', '001A') },
      ...{ currency: 'CHF', legalEntity: 'CH', endsOn: null, changedAt: '2026-01-31T10:00:00.000Z' },
    });
    const ends = (StartDate: string, ContractTerm: string) =>
      salesforceContract({ itemId: '800A', fields: { ...fields, StartDate, ContractTerm } }, 'main')?.endsOn;
    expect([ends('2026-04-01', '12'), ends('2026-04-15', '1.0')]).toEqual(['2027-03-31', '2026-05-14']);
    expect([ends('2026-04-01', ''), ends('', '12'), ends('2026-04-01', '0'), ends('2026-04-01', 'x')]).toEqual(
      Array(4).fill(null),
    );
    for (const Status of ['Draft', 'In Approval Process', 'Whatever an administrator adds'])
      expect(salesforceContract({ itemId: '800A', fields: { ...fields, Status } }, 'main')?.isActive).toBe(false);
    expect(salesforceContract({ itemId: '800A', fields: { ...fields, IsDeleted: 'true' } }, 'main')).toBeNull();
  });

  it('may leave open in a draft what they must say later', () => {
    expect(salesforceContract({ itemId: '800A', fields: { Status: 'Draft' } }, 'main')).toMatchObject({
      ...{ number: null, customerId: null, currency: null, legalEntity: null, changedAt: null },
    });
    expect(() => salesforceContract({ itemId: '800A', fields: {} }, 'main')).toThrow('no Status');
  });

  it('have lines that say an amount and a day', () => {
    expect(salesforceContractLine({ itemId: 'a001', fields: line }, 'main')).toEqual({
      ...{ billingId: canonicalId('salesforce', 'main', 'Contract_Line__c', 'a001'), vendorId: 'a001' },
      ...{ contractId: canonicalId('salesforce', 'main', 'Contract', '800A'), billOn: '2026-03-31', net: '80' },
      ...{ currency: 'CHF', changedAt: '2026-01-31T10:00:00.000Z' },
    });
    const without = (name: string) => {
      const { [name]: _gone, ...rest } = line as Record<string, string>;
      return () => salesforceContractLine({ itemId: 'a001', fields: rest }, 'main');
    };
    for (const name of ['Contract__c', 'Bill_On__c', 'Net_Amount__c']) expect(without(name)).toThrow(`no ${name}`);
    expect(salesforceContractLine({ itemId: 'a001', fields: { ...line, IsDeleted: 'true' } }, 'main')).toBeNull();
  });
});

describe('raw documents of contracts', () => {
  const contractId = 'c1';
  const order = {
    ...{ tranid: 'SO1', trandate: '2026-03-01', currency: 'CHF', subsidiary: '2', subsidiaryname: 'CH', entity: '77' },
    ...{ foreigntotal: '108.11', net: '100.010', unbillednet: '20.01', status: 'B', voided: 'F' },
    custbody_contract: contractId,
  };
  const readOrder = (change: Record<string, string>) =>
    netsuiteOrder({ itemId: '4701', fields: { ...order, ...change } }, 'main');

  it('say what an order has and what is left of it', () => {
    expect(readOrder({})).toEqual({
      ...{ id: canonicalId('netsuite', 'main', 'salesOrder', '4701'), vendorId: '4701', number: 'SO1' },
      ...{ legalEntityId: canonicalId('netsuite', 'main', 'subsidiary', '2'), legalEntity: 'CH' },
      ...{ customerId: null, vendorCustomerId: '77' },
      customerAccountId: canonicalId('netsuite', 'main', 'customer', '77'),
      ...{ currency: 'CHF', date: '2026-03-01', amount: '108.11', net: '100.01', rest: '20.01', changedAt: null },
      ...{ contractId, isClosed: false },
    });
    expect(readOrder({ custbody_contract: '' })?.contractId).toBeNull();
    expect(readOrder({ subsidiaryname: 'Group : Europe : CH' })?.legalEntity).toBe('CH');
  });

  it.each(['H', 'SalesOrd:H'])('know an order that was closed: %s', (status) => {
    expect(readOrder({ status })).toMatchObject({ isClosed: true, rest: '20.01' });
  });

  it('leave out orders that are void or cancelled, and refuse those that do not say what is left', () => {
    expect(readOrder({ voided: 'T' })).toBeNull();
    expect(readOrder({ status: 'C' })).toBeNull();
    expect(readOrder({ status: 'SalesOrd:C' })).toBeNull();
    expect(() => readOrder({ unbillednet: '' })).toThrow('no unbillednet');
    expect(() => readOrder({ net: '' })).toThrow('no net');
  });

  it('say what a credit memo has left to apply', () => {
    const memo = { ...order, tranid: 'CM1', foreignpaymentamountunused: '11.62' };
    expect(netsuiteCreditMemo({ itemId: '4712', fields: memo }, 'main')).toMatchObject({
      ...{ id: canonicalId('netsuite', 'main', 'creditMemo', '4712'), number: 'CM1', rest: '11.62', contractId },
    });
    const signed = { ...memo, foreigntotal: '-108.11', foreignpaymentamountunused: '-11.62' };
    expect(netsuiteCreditMemo({ itemId: '4712', fields: signed }, 'main')).toMatchObject({
      ...{ amount: '108.11', rest: '11.62' },
    });
    const applied = { ...memo, foreignpaymentamountunused: '' };
    expect(netsuiteCreditMemo({ itemId: '4712', fields: applied }, 'main')?.rest).toBe('0');
    expect(netsuiteCreditMemo({ itemId: '4712', fields: { ...memo, voided: 'T' } }, 'main')).toBeNull();
  });

  it('say what an invoice line bills of a contract', () => {
    const line = {
      ...{ transaction: '4711', line: '2', tranid: 'INV1', trandate: '2026-03-31', entity: '77', currency: 'CHF' },
      ...{ subsidiary: '2', net: '80.00', custbody_contract: contractId, custcol_billing_id: 'b1', voided: 'F' },
    };
    const readLine = (change: Record<string, string>) =>
      netsuiteInvoiceLine({ itemId: '4711/2', fields: { ...line, ...change } }, 'main');
    expect(readLine({})).toEqual({
      ...{ invoiceId: canonicalId('netsuite', 'main', 'invoice', '4711'), vendorId: '4711', number: 'INV1' },
      ...{ date: '2026-03-31', legalEntityId: canonicalId('netsuite', 'main', 'subsidiary', '2') },
      ...{ customerId: null, vendorCustomerId: '77' },
      customerAccountId: canonicalId('netsuite', 'main', 'customer', '77'),
      ...{ currency: 'CHF', net: '80', contractId, billingId: 'b1', changedAt: null },
    });
    expect(readLine({ custcol_billing_id: '' })?.billingId).toBeNull();
    expect(readLine({ voided: 'T' })).toBeNull();
    // Most invoices of a company stem from no contract: nothing else is asked of them.
    expect(readLine({ custbody_contract: '', net: '' })).toBeNull();
    expect(() => readLine({ net: '' })).toThrow('no net');
  });
});

describe('raw forecast cells', () => {
  const cell = {
    ...{ versionId: '107000000001', version: 'Forecast', legalEntity: 'CH', lineItem: 'Billings', month: '2026-04' },
    ...{ currency: 'CHF', amount: '1500.2500' },
  };
  const readCell = (change: Record<string, string>) =>
    anaplanForecastCell({ itemId: '107000000001/CH/Billings/2026-04/CHF', fields: { ...cell, ...change } }, 'main');

  it('name their version', () => {
    expect(readCell({})).toEqual({
      ...{ versionId: canonicalId('anaplan', 'main', 'version', '107000000001'), version: 'Forecast' },
      ...{ vendorId: '107000000001/CH/Billings/2026-04/CHF', legalEntity: 'CH', lineItem: 'Billings' },
      ...{ month: '2026-04', currency: 'CHF', amount: '1500.25', changedAt: null },
    });
  });

  it.each<[string, Record<string, string>, string | null]>([
    ['without an amount are none', { amount: '' }, null],
    ['of a month that is none cannot be read', { month: 'Apr 26' }, 'Apr 26'],
    ['in a currency nobody knows cannot be read', { currency: 'Any' }, 'ISO 4217'],
    ['without a version cannot be read', { versionId: '' }, 'no versionId'],
    ['with an amount that is none cannot be read', { amount: 'n/a' }, 'n/a'],
  ])('%s', (_name, change, reason) => {
    if (reason === null) expect(readCell(change)).toBeNull();
    else expect(() => readCell(change)).toThrow(reason);
  });
});

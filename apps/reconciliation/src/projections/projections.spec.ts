import { canonicalId } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { anaplanCell } from './anaplan.ts';
import { netsuiteCustomer, netsuiteInvoice, netsuitePayment } from './netsuite.ts';
import { instant, projectAll } from './raw.ts';
import { salesforceCustomer } from './salesforce.ts';

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
    expect(netsuiteCustomer({ itemId: '7', fields: erp })).toMatchObject({
      customerId: 'c1',
      accountNumber: 'A-1',
      taxId: null,
    });
    expect(netsuiteCustomer({ itemId: '7', fields: { ...erp, isinactive: 'T' } })).toBeNull();
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

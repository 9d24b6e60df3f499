import { describe, expect, it } from 'vitest';
import { mapCustomer } from './customer.map.ts';
import type { Account } from './vendor-types.ts';

const account: Account = {
  Id: '0015g0000000001AAA',
  Name: ' Hoffmann Eisenwaren ',
  AccountNumber: '10042',
  BillingStreet: 'Lange Gasse 1\r\nHof',
  BillingCity: 'Ulm',
  BillingState: null,
  BillingPostalCode: '89073',
  BillingCountry: 'DE',
  ShippingStreet: null,
  ShippingCity: ' ',
  ShippingState: null,
  ShippingPostalCode: null,
  ShippingCountry: null,
  CurrencyIsoCode: 'EUR',
  Tax_Id__c: 'DE811111111',
  Payment_Terms__c: null,
  ParentId: '0015g0000000002AAA',
  IsDeleted: false,
  CreatedDate: '2026-01-31T10:00:00.000+0000',
  SystemModstamp: '2026-01-31T10:00:00.000+0000',
};

describe('an Account becomes a customer', () => {
  it('with every field in its place', () => {
    expect(mapCustomer(account, 'main')).toEqual({
      kind: 'mapped',
      value: {
        customerId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        lifecycle: 'ACTIVE',
        accountNumber: '10042',
        name: 'Hoffmann Eisenwaren',
        legalName: null,
        taxId: 'DE811111111',
        currency: 'EUR',
        paymentTerms: null,
        billingAddress: { street: 'Lange Gasse 1\nHof', city: 'Ulm', region: null, postalCode: '89073', country: 'DE' },
        shippingAddress: null,
        parentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: {
          system: 'salesforce',
          instance: 'main',
          entity: 'Account',
          id: '0015g0000000001AAA',
          version: null,
          changedAt: '2026-01-31T10:00:00.000Z',
        },
      },
    });
  });

  it('and one that is deleted goes with lifecycle DELETED, whatever its currency', () => {
    const mapped = mapCustomer({ ...account, IsDeleted: true, CurrencyIsoCode: 'XQX' }, 'main');
    expect(mapped).toMatchObject({ kind: 'mapped', value: { lifecycle: 'DELETED', currency: null } });
  });

  it.each([
    ['a currency that ISO 4217 does not know', { CurrencyIsoCode: 'XQX' }, 'unknown-currency'],
    ['no name', { Name: '  ' }, 'missing-name'],
  ])('but not with %s', (_, change, code) => {
    expect(mapCustomer({ ...account, ...change }, 'main')).toMatchObject({ kind: 'refused', problem: { code } });
  });

  it('under another id in another org', () => {
    const ids = ['main', 'emea']
      .map((instance) => mapCustomer(account, instance))
      .map((m) => m.kind === 'mapped' && m.value.customerId);
    expect(new Set(ids).size).toBe(2);
  });
});

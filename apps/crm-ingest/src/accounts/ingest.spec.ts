import type { Account } from '@tieout/connector-salesforce';
import { describe, expect, it } from 'vitest';
import type { StoredAccount } from './account.store.ts';
import { decide, readAccount } from './ingest.ts';

const account: Account = {
  Id: '0015g0000000001AAA',
  Name: 'Ahorn',
  AccountNumber: 'N-1',
  BillingStreet: null,
  BillingCity: null,
  BillingState: null,
  BillingPostalCode: null,
  BillingCountry: null,
  ShippingStreet: null,
  ShippingCity: null,
  ShippingState: null,
  ShippingPostalCode: null,
  ShippingCountry: null,
  CurrencyIsoCode: 'EUR',
  Tax_Id__c: null,
  Payment_Terms__c: null,
  ParentId: null,
  IsDeleted: false,
  CreatedDate: '2026-01-01T00:00:00.000+0000',
  SystemModstamp: '2026-01-31T10:00:00.000+0000',
};
const NOW = '2026-02-01T00:00:00.000Z';

function stored(change: Partial<Account>, known: Partial<StoredAccount> = {}): StoredAccount {
  const read = readAccount({ ...account, ...change }, 'main', new Date(NOW));
  return { ...read, publishedNumber: null, onTopic: false, ...known };
}

describe('what follows from accounts', () => {
  it('is a customer with its cross-reference', () => {
    const { customers, crossReferences, examined } = decide('main', [stored({})]);
    expect(customers).toMatchObject([{ lifecycle: 'ACTIVE', accountNumber: 'N-1' }]);
    expect(crossReferences).toMatchObject([
      { status: 'ACTIVE', canonicalId: customers[0]!.customerId, vendorId: account.Id },
    ]);
    expect(examined).toMatchObject([{ hold: null }]);
  });

  it('is nothing for an account that was deleted before anybody saw it', () => {
    const { customers, crossReferences } = decide('main', [stored({ IsDeleted: true })]);
    expect([customers, crossReferences]).toEqual([[], []]);
    expect(decide('main', [stored({ IsDeleted: true }, { onTopic: true })]).crossReferences).toMatchObject([
      { status: 'RETIRED' },
    ]);
  });

  it('is a hold for an account that cannot be mapped, named by what is wrong now', () => {
    const { customers, standings, examined } = decide('main', [stored({ CurrencyIsoCode: 'XQX' })]);
    expect(customers).toEqual([]);
    expect(standings).toMatchObject([{ heldKind: 'unknown-currency' }]);
    expect(examined).toMatchObject([
      {
        subject: { objectType: 'customer', recordId: account.Id },
        hold: { kind: 'unknown-currency', details: { value: 'XQX' } },
      },
    ]);
    expect(decide('main', [stored({ Name: ' ' })]).standings).toMatchObject([{ heldKind: 'missing-name' }]);
    expect(decide('main', [stored({})]).standings).toMatchObject([{ heldKind: null }]);
  });
});

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
  return { ...read, publishedNumber: null, onTopic: false, held: null, ...known };
}

describe('what follows from accounts', () => {
  it('is a customer with its cross-reference', () => {
    const { customers, crossReferences, exceptions } = decide('main', [stored({})], NOW);
    expect(customers).toMatchObject([{ lifecycle: 'ACTIVE', accountNumber: 'N-1' }]);
    expect(crossReferences).toMatchObject([
      { status: 'ACTIVE', canonicalId: customers[0]!.customerId, vendorId: account.Id },
    ]);
    expect(exceptions).toEqual([]);
  });

  it('is nothing for an account that was deleted before anybody saw it', () => {
    const { customers, crossReferences } = decide('main', [stored({ IsDeleted: true })], NOW);
    expect([customers, crossReferences]).toEqual([[], []]);
    expect(decide('main', [stored({ IsDeleted: true }, { onTopic: true })], NOW).crossReferences).toMatchObject([
      { status: 'RETIRED' },
    ]);
  });

  it('is one case that opens once, keeps its beginning, and is resolved when the cause is gone', () => {
    const bad = { CurrencyIsoCode: 'XQX' };
    const first = decide('main', [stored(bad)], NOW);
    expect(first.exceptions).toMatchObject([
      { kind: 'unknown-currency', status: 'OPEN', raisedAt: NOW, details: { value: 'XQX' } },
    ]);
    const held = first.standings[0]!.held;

    const again = decide('main', [stored(bad, { held })], '2026-02-02T00:00:00.000Z');
    expect(again.exceptions).toEqual([]);
    expect(again.standings[0]!.held?.since).toBe(NOW);

    const fixed = decide('main', [stored({}, { held })], '2026-02-03T00:00:00.000Z');
    expect(fixed.exceptions).toMatchObject([
      {
        exceptionId: first.exceptions[0]!.exceptionId,
        status: 'RESOLVED',
        raisedAt: NOW,
        updatedAt: '2026-02-03T00:00:00.000Z',
      },
    ]);
    expect(fixed.customers).toHaveLength(1);
  });

  it('is another case when one cause follows another', () => {
    const { held } = decide('main', [stored({ CurrencyIsoCode: 'XQX' })], NOW).standings[0]!;
    const { exceptions } = decide('main', [stored({ Name: ' ' }, { held })], NOW);
    expect(exceptions.map(({ kind, status }) => [kind, status])).toEqual([
      ['unknown-currency', 'RESOLVED'],
      ['missing-name', 'OPEN'],
    ]);
  });
});

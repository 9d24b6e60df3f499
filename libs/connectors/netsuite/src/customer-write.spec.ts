import { describe, expect, it } from 'vitest';
import { customerProblems, ownedFields } from './customer-write.map.ts';

describe('what NetSuite should say of a customer', () => {
  it('is his name where he has no number', () => {
    const fields = { entityId: 'Acme', companyName: 'Acme', vatRegNumber: '' };
    expect(ownedFields({ accountNumber: null, name: 'Acme', taxId: null })).toEqual(fields);
  });

  it('is held against what NetSuite takes, and everything wrong is named at once', () => {
    const of = (accountNumber: string, name: string): readonly string[] =>
      customerProblems(ownedFields({ accountNumber, name, taxId: null }));
    expect(of('C1', 'x'.repeat(83))).toEqual([]);
    expect(of('9'.repeat(84), ' ')).toEqual(['it has no name', 'entityId has 84 characters of at most 83']);
    expect(of('C1', 'x'.repeat(84))).toEqual(['companyName has 84 characters of at most 83']);
  });
});

import type { Customer } from '@tieout/canonical';

/** The fields of a NetSuite customer that the CRM owns, by NetSuite's names; empty text means no value. */
export type OwnedFields = Readonly<Record<'entityId' | 'companyName' | 'vatRegNumber', string>>;

/** What the ERP should say of a customer. Without an account number the name serves: NetSuite needs one, and unique. */
export function ownedFields(customer: Pick<Customer, 'accountNumber' | 'name' | 'taxId'>): OwnedFields {
  return {
    entityId: customer.accountNumber ?? customer.name,
    companyName: customer.name,
    vatRegNumber: customer.taxId ?? '',
  };
}

/** Longest names that NetSuite takes, in characters. */
const LONGEST = { entityId: 83, companyName: 83 } as const;

/** Everything that keeps NetSuite from taking the customer, for a person; empty when nothing does. */
export function customerProblems(fields: OwnedFields): readonly string[] {
  const tooLong = (['entityId', 'companyName'] as const).filter((name) => fields[name].length > LONGEST[name]);
  return [
    ...(fields.companyName.trim() === '' ? ['it has no name'] : []),
    ...tooLong.map((name) => `${name} has ${fields[name].length} characters of at most ${LONGEST[name]}`),
  ];
}

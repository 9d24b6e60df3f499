import { isCurrency, type Address, type Customer } from '@tieout/canonical';
import { text, type Mapped, type MappingProblem } from './fate.ts';
import { customerIdOf, referenceTo, sourceOf } from './identity.ts';
import type { Account } from './vendor-types.ts';

/** A customer without the revision, which the outbox assigns. */
export type CustomerState = Omit<Customer, 'revision'>;

/** The customer that an Account states, or why it states none. A deleted account is refused for nothing: it only has to go. */
export function mapCustomer(account: Account, instance: string): Mapped<CustomerState> {
  const problem = account.IsDeleted ? undefined : problemOf(account);
  if (problem !== undefined) return { kind: 'refused', problem };
  const currency = text(account.CurrencyIsoCode);
  const value: CustomerState = {
    customerId: customerIdOf(instance, account.Id),
    lifecycle: account.IsDeleted ? 'DELETED' : 'ACTIVE',
    accountNumber: text(account.AccountNumber),
    name: text(account.Name) ?? '',
    legalName: null,
    taxId: text(account.Tax_Id__c),
    currency: currency !== null && isCurrency(currency) ? currency : null,
    paymentTerms: text(account.Payment_Terms__c),
    billingAddress: address(account, 'Billing'),
    shippingAddress: address(account, 'Shipping'),
    parentId: referenceTo('Account', instance, account.ParentId),
    source: sourceOf('Account', instance, account),
  };
  return { kind: 'mapped', value };
}

function problemOf(account: Account): MappingProblem | undefined {
  if (text(account.Name) === null)
    return { code: 'missing-name', field: 'Name', value: '', message: `Account ${account.Id} has no name` };
  const currency = text(account.CurrencyIsoCode);
  if (currency === null || isCurrency(currency)) return undefined;
  const message = `Account ${account.Id} has the currency ${JSON.stringify(currency)}, which ISO 4217 does not know`;
  return { code: 'unknown-currency', field: 'CurrencyIsoCode', value: currency, message };
}

function address(account: Account, kind: 'Billing' | 'Shipping'): Address | null {
  const value: Address = {
    street: text(account[`${kind}Street`])?.replaceAll('\r\n', '\n') ?? null,
    city: text(account[`${kind}City`]),
    region: text(account[`${kind}State`]),
    postalCode: text(account[`${kind}PostalCode`]),
    country: text(account[`${kind}Country`]),
  };
  return Object.values(value).every((part) => part === null) ? null : value;
}

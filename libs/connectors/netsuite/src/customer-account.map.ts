import { isCurrency, type CustomerAccount } from '@tieout/canonical';
import { amountOf, fateOf, refuse, type Mapped } from './fate.ts';
import { customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import type { CustomerRow } from './vendor-types.ts';

/** What NetSuite owns of a customer. Balance and credit limit are in the customer's own currency. */
export function mapCustomerAccount(row: CustomerRow, origin: Origin): Mapped<Omit<CustomerAccount, 'revision'>> {
  return fateOf(() => {
    const { currency } = row;
    if (currency !== undefined && !isCurrency(currency)) {
      refuse('unknown-currency', 'currency', `${JSON.stringify(currency)} is not an ISO 4217 currency`);
    }
    const amount = (field: 'creditlimit' | 'balance') =>
      row[field] === undefined || currency === undefined ? null : amountOf(field, row[field], currency);
    return {
      customerAccountId: idOf('customer', origin, row.id),
      lifecycle: row.isinactive === 'T' ? 'INACTIVE' : 'ACTIVE',
      customerId: customerIdOf(row.externalid),
      instance: origin.instance,
      number: row.entityid,
      name: row.companyname ?? row.entityid,
      taxId: row.vatregnumber ?? null,
      legalEntityId: row.subsidiary === undefined ? null : idOf('subsidiary', origin, row.subsidiary),
      currency: currency ?? null,
      paymentTerms: row.terms ?? null,
      creditLimit: amount('creditlimit'),
      balance: amount('balance'),
      blocked: row.creditholdoverride === 'ON',
      source: sourceOf('customer', origin, row),
    };
  });
}

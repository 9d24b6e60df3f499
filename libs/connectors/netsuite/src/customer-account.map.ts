import { isCurrency, type CustomerAccount } from '@tieout/canonical';
import { ownedFields, type OwnedFields } from './customer-write.map.ts';
import { amountOf, fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import { customerRow, type RawRow } from './vendor-types.ts';

/** What NetSuite owns of a customer. Balance and credit limit are in the customer's own currency. */
export function mapCustomerAccount(raw: RawRow, origin: Origin): Mapped<Omit<CustomerAccount, 'revision'>> {
  return fateOf(() => {
    const row = rowOf('customer', customerRow, raw);
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

/** What a customer that could be mapped says in the fields that the CRM owns; null when it is none of ours. */
export function ownedInErp(raw: RawRow): { readonly customerId: string; readonly fields: OwnedFields } | null {
  const row = customerRow.parse(raw);
  const customerId = customerIdOf(row.externalid);
  if (customerId === null) return null;
  const taxId = row.vatregnumber ?? null;
  return { customerId, fields: ownedFields({ accountNumber: row.entityid, name: row.companyname ?? '', taxId }) };
}

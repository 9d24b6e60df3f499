import type { Account, AccountStamp } from './vendor-types.ts';

/** Every field that is read. `keyof Account` keeps list and type together. */
export const ACCOUNT_FIELDS: readonly (keyof Account)[] = [
  'Id',
  'Name',
  'AccountNumber',
  'BillingStreet',
  'BillingCity',
  'BillingState',
  'BillingPostalCode',
  'BillingCountry',
  'ShippingStreet',
  'ShippingCity',
  'ShippingState',
  'ShippingPostalCode',
  'ShippingCountry',
  'CurrencyIsoCode',
  'Tax_Id__c',
  'Payment_Terms__c',
  'ParentId',
  'IsDeleted',
  'CreatedDate',
  'SystemModstamp',
];

/** Ids that fit into one query string: servers cap a request line at 16 kB. */
export const IDS_PER_QUERY = 200;

/** Position in the order (SystemModstamp, Id); without `id` it stands before every record of its second. */
export interface AccountPosition {
  /** ISO 8601 with Z. */
  readonly stamp: string;
  readonly id: string | null;
}

/**
 * Accounts behind a position in the order (SystemModstamp, Id), deleted ones included when sent to queryAll.
 * A keyset and no OFFSET: a record that changes meanwhile moves to the end and is met again, none is skipped.
 */
export function changedAccountsSoql(after: AccountPosition | null, limit: number): string {
  const where = after === null ? '' : ` WHERE ${behind(after)}`;
  return `SELECT Id, SystemModstamp FROM Account${where} ORDER BY SystemModstamp, Id LIMIT ${limit}`;
}

function behind({ stamp, id }: AccountPosition): string {
  if (id === null) return `SystemModstamp >= ${stamp}`;
  return `SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > ${quoted(id)})`;
}

export function accountsByIdSoql(ids: readonly string[]): string {
  return `SELECT ${ACCOUNT_FIELDS.join(', ')} FROM Account WHERE Id IN (${ids.map(quoted).join(', ')})`;
}

/** Every account that is not deleted. */
export function allAccountsSoql(): string {
  return `SELECT ${ACCOUNT_FIELDS.join(', ')} FROM Account ORDER BY Id`;
}

/** Position of a record in the order of `changedAccountsSoql`. */
export function positionOf(record: AccountStamp): AccountPosition {
  return { stamp: isoInstant(record.SystemModstamp), id: record.Id };
}

/** Salesforce writes 2026-01-31T10:00:00.000+0000; ISO 8601 wants a colon in the offset or a Z. */
export function isoInstant(stamp: string): string {
  return new Date(stamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')).toISOString();
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

import { canonicalId, type Source } from '@tieout/canonical';
import { fromAccountTime } from './account-time.ts';

/** Where rows come from: our name of the account and its time zone. */
export interface Origin {
  readonly instance: string;
  readonly timeZone: string;
}

export type Entity =
  | 'customer'
  | 'salesOrder'
  | 'invoice'
  | 'creditMemo'
  | 'customerPayment'
  | 'customerRefund'
  | 'subsidiary'
  | 'department'
  | 'classification'
  | 'hierarchyNode'
  | 'accountingPeriod'
  | 'currencyRate';

export function idOf(entity: Entity, origin: Origin, vendorId: string): string {
  return canonicalId('netsuite', origin.instance, entity, vendorId);
}

export function sourceOf(entity: Entity, origin: Origin, row: { id: string; modified?: string | undefined }): Source {
  const changedAt = row.modified === undefined ? null : fromAccountTime(row.modified, origin.timeZone);
  return { system: 'netsuite', instance: origin.instance, entity, id: row.id, version: null, changedAt };
}

/** An id of ours in a field of NetSuite: ours are UUIDs, anything else was put there by somebody else. */
export function ourId(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null;
}

/** The customer that an external id names. */
export function customerIdOf(externalId: string | undefined): string | null {
  return ourId(externalId);
}

/** The contract that a document names; one that names none has the contract of what it was made from. */
export function contractIdOf(row: {
  readonly contract?: string | undefined;
  readonly origincontract?: string | undefined;
}): string | null {
  return ourId(row.contract ?? row.origincontract);
}

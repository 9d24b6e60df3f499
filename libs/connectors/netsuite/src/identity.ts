import { canonicalId, type Source } from '@tieout/canonical';
import { fromAccountTime } from './account-time.ts';

/** Where rows come from: our name of the account and its time zone. */
export interface Origin {
  readonly instance: string;
  readonly timeZone: string;
}

export type Entity = 'customer' | 'invoice' | 'customerPayment' | 'subsidiary';

export function idOf(entity: Entity, origin: Origin, vendorId: string): string {
  return canonicalId('netsuite', origin.instance, entity, vendorId);
}

export function sourceOf(entity: Entity, origin: Origin, row: { id: string; modified?: string | undefined }): Source {
  const changedAt = row.modified === undefined ? null : fromAccountTime(row.modified, origin.timeZone);
  return { system: 'netsuite', instance: origin.instance, entity, id: row.id, version: null, changedAt };
}

/** The customer that an external id names: ours are UUIDs, anything else was put there by somebody else. */
export function customerIdOf(externalId: string | undefined): string | null {
  return externalId !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(externalId) ? externalId : null;
}

import { canonicalId, type Source } from '@tieout/canonical';
import type { EntityName } from './entities.ts';
import { isoInstant } from './soql.ts';
import type { RecordStamp } from './vendor-types.ts';

/** Canonical id of what a record of this org is. */
export function idOf(entity: EntityName, instance: string, recordId: string): string {
  return canonicalId('salesforce', instance, entity, recordId);
}

/** Canonical id of the customer that an account of this org is. */
export function customerIdOf(instance: string, accountId: string): string {
  return idOf('Account', instance, accountId);
}

export function sourceOf(entity: EntityName, instance: string, { Id, SystemModstamp }: RecordStamp): Source {
  const changedAt = isoInstant(SystemModstamp);
  return { system: 'salesforce', instance, entity, id: Id, version: null, changedAt };
}

/** The canonical id of a record that a lookup field names; it may arrive later. */
export function referenceTo(entity: EntityName, instance: string, recordId: string | null): string | null {
  return recordId === null ? null : idOf(entity, instance, recordId);
}

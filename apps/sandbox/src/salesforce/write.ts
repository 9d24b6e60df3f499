import type { PoolClient } from 'pg';
import type { Catalog } from './catalog.ts';
import type { SObject } from './objects/field.ts';
import type { Row } from './record-json.ts';

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE';

/** What a transaction did to one record. `before` is null for a create. */
export interface Change {
  readonly object: SObject;
  readonly type: ChangeType;
  readonly before: Row | null;
  readonly after: Row;
  /** The records of an event that tells the same change of several; the one of `after` when absent. */
  readonly ids?: readonly string[];
}

/** A transaction on the org's records under way: what it changed so far becomes its change events. */
export interface Write {
  readonly tx: PoolClient;
  readonly catalog: Catalog;
  readonly now: Date;
  readonly changes: Change[];
}

/** Runs work as one transaction whose changes are captured; `origin` is the changeOrigin of its events. */
export type Transact = <T>(origin: string, work: (write: Write) => Promise<T>) => Promise<T>;

export interface UpsertKey {
  readonly field: string;
  readonly value: string;
  readonly updateOnly: boolean;
}
export interface UpsertResult {
  readonly id: string;
  readonly created: boolean;
}
/** Several records carry the external id, so none was written. */
export class AmbiguousExternalId extends Error {
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    super('more than one record found for external id');
    this.ids = ids;
  }
}

/** `com/salesforce/api/rest/63.0;client=quote-sync`: the client is what the caller named in `Sforce-Call-Options`. */
export function changeOrigin(apiVersion: string, callOptions: string | undefined): string {
  const client = /(?:^|[,;\s])client=([^,;\s]+)/.exec(callOptions ?? '')?.[1];
  return `com/salesforce/api/rest/${apiVersion.slice(1)}${client === undefined ? '' : `;client=${client}`}`;
}

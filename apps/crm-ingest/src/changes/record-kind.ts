import type { EntityName } from '@tieout/connector-salesforce';
import type { EntityManager } from 'typeorm';
import type { KnownVersion } from './known-version.ts';

/** Records that become events of their own; the lines of a contract are read with it. */
export type ReadEntity = Exclude<EntityName, 'Contract_Line__c'>;

/** How records of one entity are read and what is kept of them. */
export interface RecordKind {
  readonly entity: ReadEntity;
  /** What was read of these records last, by id. */
  known(tx: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, KnownVersion>>;
  /** Records that could not be mapped when they were read last. */
  refused(tx: EntityManager): Promise<readonly string[]>;
  /** Reads the records as they are now. What it answers stores and publishes them, in the transaction that moves the cursor. */
  read(ids: readonly string[], signal: AbortSignal): Promise<(tx: EntityManager) => Promise<void>>;
}

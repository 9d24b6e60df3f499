import type { SalesforceClient } from '@tieout/connector-salesforce';
import type { Exceptions, Outbox } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import type { SweepReason } from './cursor.ts';
import type { RecordKind } from './record-kind.ts';

/** What became of an event. */
export type EventOutcome =
  'read' | 'gap' | 'already-read' | 'unchanged-fields' | 'sweep' | 'unknown-entity' | 'unknown-line' | 'unreadable';

export interface ChangeStreamOptions {
  readonly instance: string;
  readonly client: SalesforceClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly logger: Logger;
  readonly kinds: readonly RecordKind[];
  /** Time between two looks at what arrived. */
  readonly intervalMs: number;
  /** Time between two listings of what changed. */
  readonly sweepIntervalMs: number;
  /** A record can appear this long after its stamp: a transaction commits after it has stamped. */
  readonly overlapSeconds: number;
  readonly onEvents: (entity: string, outcome: EventOutcome, count: number) => void;
  readonly onSwept: (entity: string, reason: SweepReason) => void;
}

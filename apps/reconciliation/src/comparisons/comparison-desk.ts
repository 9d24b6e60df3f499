import type { TopicName } from '@tieout/canonical';
import type { ExchangeRate } from '@tieout/matching';
import type { Logger } from '@tieout/platform';
import type { DataSource, EntityManager } from 'typeorm';
import type { BreakDesk } from '../breaks/break-desk.worker.ts';
import type { ComparisonDefinition } from './comparison.ts';
import type { RulesInUse } from './comparison.store.ts';

/** What the making of comparisons needs of its surroundings. */
export interface ComparisonDesk {
  readonly breaks: BreakDesk;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  readonly definitions: readonly ComparisonDefinition[];
  /** The active version of a rule set, null when there is none. */
  activeRules(tx: EntityManager, name: string): Promise<RulesInUse | null>;
  /** @param named sources that rules name */
  rates(tx: EntityManager, named: ReadonlySet<string>): Promise<readonly ExchangeRate[]>;
  /** Business date of today, YYYY-MM-DD. */
  today(): string;
  /** Whether everything that the topics held at some moment after the call began was consumed; one asker for each comparison. */
  caughtUp(comparison: string, topics: readonly TopicName[]): Promise<boolean>;
  /** Asks systems for snapshots, as `object@system:instance`; answers the id of the run that takes them. */
  requestSnapshots(sides: readonly string[]): Promise<string>;
  /** How long a run waits for its sides before it is incomplete. */
  readonly deadlineMs: number;
  readonly runsKept: number;
  /** How long before a snapshot was asked for an item must have been quiet so that its break counts. */
  readonly settleMs: number;
}

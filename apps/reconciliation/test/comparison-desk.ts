import { Outbox } from '@tieout/messaging';
import type { Delivery } from '@tieout/messaging';
import type { StateTopicName, ValueOf } from '@tieout/canonical';
import { parseRuleSet } from '@tieout/matching';
import { createDatabase } from '@tieout/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { service } from '../src/app.module.ts';
import { BreakDesk } from '../src/breaks/break-desk.worker.ts';
import { expect } from 'vitest';
import { worksOf } from '../src/comparisons/block-change.ts';
import { decodeGroups } from '../src/comparisons/stored-groups.ts';
import { DEFAULT_POLICY } from '../src/breaks/policy.ts';
import { activate, renew } from '../src/comparisons/activate.worker.ts';
import { parseComparison } from '../src/comparisons/comparison.ts';
import type { ComparisonDesk } from '../src/comparisons/comparison-desk.ts';
import {
  requestComparisonRun,
  waitingComparisonRuns,
  findComparisonRun,
} from '../src/comparisons/comparison-run.store.ts';
import type { ComparisonRun } from '../src/comparisons/comparison-run.store.ts';
import { findComparison, listComparisons, registerComparisons } from '../src/comparisons/comparison.store.ts';
import { markDueBlocks } from '../src/comparisons/dirty.store.ts';
import { decideMarked } from '../src/comparisons/decide-marked.worker.ts';
import { makeRun } from '../src/comparisons/make-run.worker.ts';
import { stateConsumer } from '../src/topic-state/topic-state.consumer.ts';

export interface TestBreak {
  readonly break_id: string;
  readonly check_name: string;
  readonly kind: string;
  readonly status: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** The comparisons over a database of the test's own, without Kafka: records come as deliveries, nothing is published. */
export class TestComparisons {
  readonly desk: ComparisonDesk;
  /** Rule sets by the name that the comparisons give; what is changed here is active from then on. */
  readonly rules: Record<string, unknown>;
  today: string;
  caughtUp = true;
  /** Run that answers whoever asks for snapshots. */
  snapshotRunId = '';

  private constructor(
    dataSource: DataSource,
    definitions: readonly object[],
    rules: Record<string, unknown>,
    today: string,
  ) {
    this.rules = { ...rules };
    this.today = today;
    const logger = pino({ level: 'silent' });
    const outbox = new Outbox({} as never, 'reconciliation', { muted: true });
    this.desk = {
      ...{ dataSource, logger, definitions: definitions.map(parseComparison) },
      breaks: new BreakDesk({ outbox, policy: DEFAULT_POLICY, groupCurrency: 'USD', logger }),
      activeRules: (_, name) => {
        const ruleSet = parseRuleSet(this.rules[name]);
        return Promise.resolve({ name, version: 1, hash: JSON.stringify(ruleSet), ruleSet });
      },
      rates: () => Promise.resolve([]),
      today: () => this.today,
      caughtUp: () => Promise.resolve(this.caughtUp),
      requestSnapshots: () => Promise.resolve(this.snapshotRunId),
      ...{ deadlineMs: 0, runsKept: 5, settleMs: 60_000 },
    };
  }

  /** @param rules rule set by the name that the comparisons give */
  static async open(
    comparisons: readonly object[],
    rules: Readonly<Record<string, unknown>>,
    today: string,
  ): Promise<TestComparisons> {
    const { url } = await createDatabase('comparisons');
    const migrations = [...service.migrations];
    const dataSource = await new DataSource({ type: 'postgres', url, migrations, poolSize: 8 }).initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    const opened = new TestComparisons(dataSource, comparisons, rules, today);
    await dataSource.transaction((tx) => registerComparisons(tx, opened.desk.definitions));
    return opened;
  }

  close(): Promise<void> {
    return this.desk.dataSource.destroy();
  }

  /** Records of a topic, in the transaction of its consumer. */
  async consume<T extends StateTopicName>(
    topic: T,
    values: readonly (readonly [string, ValueOf<T> | null])[],
  ): Promise<void> {
    const deliveries = values.map(
      ([key, value]) => ({ topic, key, value, meta: { correlationId: 'c' } }) as unknown as Delivery<ValueOf<T>>,
    );
    await this.desk.dataSource.transaction((tx) => stateConsumer(topic).handle(deliveries, tx));
  }

  /** What the worker does before it decides: loads what can be made, takes new rules and dates into use, makes runs that wait. */
  async start(): Promise<void> {
    for (const one of await listComparisons(this.desk.dataSource.manager)) {
      if (one.state === 'inactive') await activate(this.desk, one);
      else await renew(this.desk, one);
    }
    await this.makeRuns();
    for (const { comparisonId, asOf } of await listComparisons(this.desk.dataSource.manager))
      if (asOf !== null) await markDueBlocks(this.desk.dataSource.manager, comparisonId, asOf);
  }

  async makeRuns(): Promise<void> {
    for (const run of await waitingComparisonRuns(this.desk.dataSource.manager)) await makeRun(this.desk, run);
  }

  async run(name: string, runId: string, asOf: string | null = null): Promise<ComparisonRun> {
    const { manager } = this.desk.dataSource;
    const { comparisonId } = (await findComparison(manager, name))!;
    await requestComparisonRun(manager, { runId, comparisonId, trigger: 'request', asOf });
    await this.makeRuns();
    return (await findComparisonRun(manager, runId))!;
  }

  /** Decides all marked blocks, as several replicas do. */
  async decideMarked(replicas = 1): Promise<void> {
    const drain = async (): Promise<void> => {
      while (await decideMarked(this.desk, 0));
    };
    await Promise.all(Array.from({ length: replicas }, drain));
  }

  /** Everything that was decided, with the breaks, in a comparable form. */
  async results(): Promise<{ blocks: unknown[]; breaks: TestBreak[]; marks: number }> {
    const { manager } = this.desk.dataSource;
    const blocks = await manager.query<unknown[]>(
      `SELECT comparison_id, block, hash, groups::text, pairs, figures, due_on FROM comparison_block ORDER BY 1, 2`,
    );
    const breaks = await manager.query<TestBreak[]>(
      `SELECT break_id, check_name, kind, status, state->>'expected' AS expected, state->>'actual' AS actual,
              state->>'difference' AS difference FROM break ORDER BY break_id`,
    );
    const groups = blocks.flatMap((block) => decodeGroups((block as { groups: string }).groups));
    // What stands as a break is what the groups say, however the items moved from block to block.
    expect(breaks.filter(({ status }) => status === 'OPEN').map(({ break_id: id }) => id)).toEqual(
      [...worksOf(groups).keys()].toSorted(),
    );
    const [marks] = await manager.query<{ count: string }[]>(`SELECT count(*) FROM dirty_block`);
    return { blocks, breaks, marks: Number(marks?.count) };
  }
}

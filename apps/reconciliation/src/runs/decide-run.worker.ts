import { auditEvent, type Outbox } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { lockBreaks, openBreaks, putBreaks } from '../breaks/break.store.ts';
import { gone, seen } from '../breaks/transition.ts';
import type { RunContext } from '../breaks/transition.ts';
import { evaluate } from '../checks/evaluate.ts';
import type { Evaluation } from '../checks/evaluate.ts';
import { judge } from '../checks/verdict.ts';
import type { Verdict } from '../checks/verdict.ts';
import { loadTopicFigures } from '../topic-state/topic-figures.store.ts';
import { lastPlanningReceipt, loadTopicSide } from '../topic-state/topic-side.store.ts';
import { scopesOf } from './scope.ts';
import { dropOldRuns, earlierFindings, endRun, lockWaitingRun } from './run.store.ts';
import type { Run, RunStatus } from './run.store.ts';
import { incompleteReason } from './completeness.ts';
import { sidesOf } from './sides.ts';
import type { TakenSnapshot } from './sides.ts';
import { itemsOf, snapshotsOf } from './snapshot.store.ts';

export interface DecideOptions {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly logger: Logger;
  /** Whether everything that the topics held at some moment after the call began was consumed. */
  readonly caughtUp: () => Promise<boolean>;
  readonly deadlineMs: number;
  readonly settleMs: number;
  readonly runsKept: number;
}

/** Ends a run when every snapshot is here, or one says that it never will be, or the run's time is over. */
export async function decideRun(options: DecideOptions, { runId, requestedAt }: Run): Promise<void> {
  const { dataSource, deadlineMs } = options;
  const snapshots = await snapshotsOf(dataSource.manager, runId);
  const arrived = snapshots.every(
    ({ header, itemCount }) => header !== null && (!header.complete || BigInt(itemCount) >= header.count),
  );
  const overdue = Date.now() - Date.parse(requestedAt) > deadlineMs;
  if (!arrived && !overdue) return;
  const caughtUp = await options.caughtUp();
  if (!caughtUp && !overdue) return;
  // One view of all rows: consumers go on meanwhile.
  await dataSource.transaction('REPEATABLE READ', async (tx) => {
    const run = await lockWaitingRun(tx, runId);
    if (run !== null) await decide(options, run, caughtUp, tx);
  });
}

async function decide(options: DecideOptions, run: Run, caughtUp: boolean, tx: EntityManager): Promise<void> {
  const at = new Date().toISOString();
  const taken = await takenSnapshots(tx, run.runId);
  const reasons = taken.flatMap(({ object, system, problem }) => (problem ? [`${object}@${system}: ${problem}`] : []));
  if (!caughtUp) reasons.push('topics: not everything that they hold was consumed in time');
  const scopes = scopesOf(taken, run.asOf);
  const topic = caughtUp ? await loadTopicSide(tx, scopes.topics) : null;
  const topicFigures = caughtUp ? await loadTopicFigures(tx, scopes.figures) : [];
  const evaluation = evaluate(sidesOf(taken, topic, run.asOf, await lastPlanningReceipt(tx)));
  const verdict = judge({
    ...evaluation,
    earlier: await earlierFindings(tx, run.runId),
    open: await openBreaks(tx),
    cutOff: run.asOf,
    takenAt: firstTakenAt(taken) ?? run.requestedAt,
    settleMs: options.settleMs,
  });
  await applyVerdict(options, tx, verdict, { runId: run.runId, at }, run.asOf);
  const status = statusOf(reasons, verdict);
  const ended = { checks: [...evaluation.checked], reasons, status, findings: verdict.findings, endedAt: at };
  await endRun(tx, run.runId, { ...evaluation, ...ended, topicFigures });
  await dropOldRuns(tx, options.runsKept);
  logEnd(options, run, status, reasons, evaluation, verdict);
}

function statusOf(reasons: readonly string[], { findings }: Verdict): RunStatus {
  if (reasons.length > 0) return 'incomplete';
  if (findings.some(({ verdict }) => verdict === 'break')) return 'breaks';
  return findings.length > 0 ? 'timing' : 'clean';
}

async function takenSnapshots(tx: EntityManager, runId: string): Promise<TakenSnapshot[]> {
  const taken: TakenSnapshot[] = [];
  for (const snapshot of await snapshotsOf(tx, runId)) {
    const items = await itemsOf(tx, snapshot.snapshotId);
    taken.push({ ...snapshot, items, problem: incompleteReason(snapshot.header, items) });
  }
  return taken;
}

const firstTakenAt = (taken: readonly TakenSnapshot[]): string | undefined =>
  taken.flatMap(({ header }) => (header ? [header.takenAt] : [])).toSorted()[0];

/** Breaks, their states and their audit entries, with the run in one transaction. */
async function applyVerdict(
  { outbox }: DecideOptions,
  tx: EntityManager,
  { findings, gone: closed }: Verdict,
  context: RunContext,
  cutOff: string | null,
): Promise<void> {
  const breaks = findings.filter(({ verdict }) => verdict === 'break');
  const before = await lockBreaks(tx, [...breaks.map(({ breakId }) => breakId), ...closed]);
  const found = breaks.map((finding) => seen(before.get(finding.breakId) ?? null, finding, context));
  const ended = closed.flatMap((breakId) => {
    const stored = before.get(breakId);
    return stored ? [gone(stored, context)] : [];
  });
  await putBreaks(
    tx,
    found.map(({ next }) => next),
    cutOff,
  );
  await putBreaks(
    tx,
    ended.map(({ next }) => next),
    cutOff,
  );
  const transitions = [...found, ...ended];
  const states = transitions.map(({ next }) => ({ key: next.state.breakId, value: next.state }));
  await outbox.publishState(tx, 'finance.break.v1', states);
  const audits = transitions.flatMap(({ audit }) => (audit ? [audit] : []));
  await outbox.publish(tx, audits.map(auditEvent));
}

function logEnd(
  { logger }: DecideOptions,
  { runId, asOf }: Run,
  status: RunStatus,
  reasons: readonly string[],
  { checked }: Evaluation,
  { findings, gone: closed }: Verdict,
): void {
  const breaks = findings.filter(({ verdict }) => verdict === 'break').length;
  logger.info(
    {
      runId,
      asOf,
      status,
      reasons,
      checks: checked.size,
      breaks,
      timing: findings.length - breaks,
      closed: closed.length,
    },
    'run ended',
  );
}

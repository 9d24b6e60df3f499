import type { Logger } from '@tieout/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { applyVerdict } from '../breaks/apply-verdict.worker.ts';
import type { BreakDesk } from '../breaks/break-desk.worker.ts';
import { openBreaks } from '../breaks/break.store.ts';
import { evaluate } from '../checks/evaluate.ts';
import type { Evaluation } from '../checks/evaluate.ts';
import type { CheckTerms } from '../checks/sides.ts';
import { judge } from '../checks/verdict.ts';
import type { Finding, RunVerdict } from '../checks/verdict.ts';
import { loadTopicFigures } from '../topic-state/topic-figures.store.ts';
import { lastPlanningReceipt, loadTopicSide } from '../topic-state/topic-side.store.ts';
import { loadReferences } from '../topic-state/topic-relations.store.ts';
import { scopesOf } from './scope.ts';
import { dropOldRuns, earlierFindings, endRun, lockWaitingRun } from './run.store.ts';
import type { Run, RunStatus } from './run.store.ts';
import { incompleteReason } from './completeness.ts';
import { sidesOf } from './sides.ts';
import type { TakenSnapshot } from './sides.ts';
import { itemsOf, snapshotsOf } from './snapshot.store.ts';

export interface DecideOptions {
  readonly dataSource: DataSource;
  readonly breaks: BreakDesk;
  readonly logger: Logger;
  /** Whether everything that the topics held at some moment after the call began was consumed. */
  readonly caughtUp: () => Promise<boolean>;
  readonly deadlineMs: number;
  readonly settleMs: number;
  readonly runsKept: number;
  readonly terms: RunTerms;
}

/** What people have set for the checks; without a date of its own a run takes that of its decision for today. */
export type RunTerms = Omit<CheckTerms, 'today'> & { readonly today: string | null };

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
  const references = caughtUp ? await loadReferences(tx, scopes.topics) : null;
  const planningLoadedAt = await lastPlanningReceipt(tx);
  const terms = { ...options.terms, today: options.terms.today ?? at.slice(0, 10) };
  const evaluation = evaluate(sidesOf(taken, { topic, references, cutOff: run.asOf, planningLoadedAt, terms }));
  const judged = judge({
    ...evaluation,
    earlier: await earlierFindings(tx, run.runId),
    open: await openBreaks(tx),
    cutOff: run.asOf,
    takenAt: firstTakenAt(taken) ?? run.requestedAt,
    settleMs: options.settleMs,
  });
  const { settled } = await applyVerdict(options.breaks, tx, judged, { runId: run.runId, at }, run.asOf);
  const verdict = withoutSettled(judged, settled);
  const status = statusOf(reasons, verdict);
  const ended = { checks: [...evaluation.checked], reasons, status, findings: verdict.findings, endedAt: at };
  await endRun(tx, run.runId, { ...evaluation, ...ended, topicFigures });
  await dropOldRuns(tx, options.runsKept);
  logEnd(options, run, status, reasons, evaluation, verdict);
}

/** What people have decided about is shown, and is no break of the run. */
const withoutSettled = ({ findings, gone }: RunVerdict, settled: ReadonlySet<string>): RunVerdict => ({
  findings: findings.map((one) => (settled.has(one.breakId) ? { ...one, verdict: 'settled' } : one)),
  gone,
});

function statusOf(reasons: readonly string[], { findings }: RunVerdict): RunStatus {
  if (reasons.length > 0) return 'incomplete';
  if (findings.some(({ verdict }) => verdict === 'break')) return 'breaks';
  return findings.some(({ verdict }) => verdict === 'timing') ? 'timing' : 'clean';
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

function logEnd(
  { logger }: DecideOptions,
  { runId, asOf }: Run,
  status: RunStatus,
  reasons: readonly string[],
  { checked, notMade }: Evaluation,
  { findings, gone: closed }: RunVerdict,
): void {
  const count = (verdict: Finding['verdict']): number => findings.filter((one) => one.verdict === verdict).length;
  logger.info(
    {
      runId,
      asOf,
      status,
      reasons,
      checks: checked.size,
      notMade: notMade.map(({ check }) => check),
      breaks: count('break'),
      timing: count('timing'),
      settled: count('settled'),
      closed: closed.length,
    },
    'run ended',
  );
}

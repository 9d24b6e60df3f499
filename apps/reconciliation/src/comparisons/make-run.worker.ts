import { inTransaction } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { applyChange, staleBreaks } from './apply-change.worker.ts';
import { worksOf } from './block-change.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import {
  dropOldComparisonRuns,
  endComparisonRun,
  findComparisonRun,
  itemCounts,
  totalFigures,
} from './comparison-run.store.ts';
import type { ComparisonRun, ComparisonRunEnd, ComparisonRunStatus, SideCompleteness } from './comparison-run.store.ts';
import { findComparison, holdComparison, lockComparison, setLive, setState } from './comparison.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { clearAllMarks, databaseClock, removeEmptiedBlocks } from './dirty.store.ts';
import { decideAll } from './full-run.worker.ts';
import { loadSnapshot } from './load-sides.worker.ts';
import { report } from './report-run.worker.ts';
import { ratesFor } from './rates-for.worker.ts';
import { askedSnapshots, proveSides, reasonsOf } from './side-proof.worker.ts';
import type { SideProof } from './side-proof.worker.ts';
import { sourceText } from './side-text.ts';
import type { Figure } from './stored-group.ts';

/**
 * Ends a waiting run once its sides are complete, one of them says that it will not be, or the run's time is over; until then it
 * goes on waiting. One replica at a time makes runs of a comparison.
 */
export async function makeRun(desk: ComparisonDesk, { runId, comparisonId }: ComparisonRun): Promise<void> {
  await exclusively(desk.dataSource, `comparison:${comparisonId}`, async () => {
    const { manager } = desk.dataSource;
    const run = await findComparisonRun(manager, runId);
    const comparison = run && (await findComparison(manager, run.comparison));
    if (run?.status !== 'waiting' || !comparison) return;
    if (comparison.state === 'inactive') await end(desk, comparison, run, nothingMade(comparison.reasons, []));
    else await attempt(desk, comparison, run);
  });
}

async function attempt(desk: ComparisonDesk, comparison: StoredComparison, run: ComparisonRun): Promise<void> {
  const { sides } = comparison.definition;
  const snapshotRunId = await askedSnapshots(desk, comparison, run);
  const found = await proveSides(desk, comparison, snapshotRunId);
  const overdue = Date.now() - Date.parse(run.requestedAt) > desk.deadlineMs;
  const hopeless = found.some(({ state }) => state === 'incomplete');
  if (!overdue && !hopeless && found.some(({ state }) => state === 'waiting')) return;
  const proofs = overdue ? found : found.map(notWaitedFor);
  const reasons = [...reasonsOf(sides, proofs)];
  if (reasons.length === 0) reasons.push(...(await loadSnapshots(desk, comparison, snapshotRunId)));
  const completeness = await completenessOf(desk, comparison, proofs);
  if (reasons.length > 0) await end(desk, comparison, run, nothingMade(reasons, completeness));
  else await decide(desk, comparison, run, completeness, asOfFor(desk, run, proofs));
}

const notWaitedFor = (proof: SideProof): SideProof =>
  proof.state === 'waiting' ? { ...proof, reason: 'not waited for: another side is incomplete' } : proof;

/** A snapshot is asked for with the run or after it; the topics are read after it. */
function settledBeforeOf(
  desk: ComparisonDesk,
  { definition }: StoredComparison,
  { requestedAt }: ComparisonRun,
): string | null {
  if (!definition.sides.some(({ source }) => source.kind === 'snapshot')) return null;
  return new Date(Date.parse(requestedAt) - desk.settleMs).toISOString();
}

/** Up to when all sides tell: what is younger is on its way. */
function asOfFor(desk: ComparisonDesk, run: ComparisonRun, proofs: readonly SideProof[]): string {
  const covered = proofs.flatMap((proof) =>
    proof.state === 'complete' && proof.coveredTo !== null ? [proof.coveredTo] : [],
  );
  return [run.asOf ?? desk.today(), ...covered].reduce((a, b) => (b < a ? b : a));
}

async function decide(
  desk: ComparisonDesk,
  comparison: StoredComparison,
  run: ComparisonRun,
  completeness: readonly SideCompleteness[],
  asOf: string,
): Promise<void> {
  const settledBefore = settledBeforeOf(desk, comparison, run);
  const made = { reasons: [], completeness, rulesHash: comparison.rules?.hash ?? null };
  if (run.asOf !== null) {
    const { figures, groups } = await report(desk, comparison, { asOf, settledBefore });
    await end(desk, comparison, run, { ...made, status: statusOf(figures), figures, changedBlocks: 0, groups });
    return;
  }
  const changedBlocks = await decideEvery(desk, comparison, run.runId, { asOf, settledBefore });
  const figures = await totalFigures(desk.dataSource.manager, comparison.comparisonId);
  await end(desk, comparison, run, { ...made, status: statusOf(figures), figures, changedBlocks, groups: null }, asOf);
}

async function decideEvery(
  desk: ComparisonDesk,
  comparison: StoredComparison,
  runId: string,
  when: { readonly asOf: string; readonly settledBefore: string | null },
): Promise<number> {
  const { dataSource } = desk;
  const { comparisonId, definition, rules } = comparison;
  if (rules === null) throw new Error(`comparison ${definition.name} has no rules`);
  // Marks that go here stand for items that the run sees.
  await inTransaction(dataSource, (tx) => clearAllMarks(tx, comparisonId));
  const begun = await databaseClock(dataSource.manager);
  const rates = await ratesFor(desk, dataSource.manager, rules);
  const options = { dataSource, comparisonId, definition, rules, rates, ...when };
  const standing = new Set<string>();
  const context = { runId, at: new Date().toISOString() };
  const changed = await decideAll(options, async (tx, change, rows) => {
    for (const { groups } of rows) for (const breakId of worksOf(groups).keys()) standing.add(breakId);
    await applyChange(desk, tx, comparison, change, context);
  });
  await inTransaction(dataSource, async (tx) => {
    await removeEmptiedBlocks(tx, comparisonId, begun);
    const stale = await staleBreaks(tx, definition.name, standing);
    await applyChange(desk, tx, comparison, { findings: [], gone: stale }, context);
  });
  return changed;
}

function statusOf(figures: readonly Figure[]): ComparisonRunStatus {
  const has = (...outcomes: readonly string[]): boolean => figures.some(({ outcome }) => outcomes.includes(outcome));
  if (has('break', 'ambiguous', 'suggested')) return 'breaks';
  return has('timing') ? 'timing' : 'clean';
}

const nothingMade = (reasons: readonly string[], completeness: readonly SideCompleteness[]): ComparisonRunEnd => ({
  ...{ status: 'incomplete', reasons, completeness, figures: [], changedBlocks: 0, groups: null, rulesHash: null },
});

/** Ends a run as one that proves nothing. */
export async function failRun(desk: ComparisonDesk, run: ComparisonRun, reason: string): Promise<void> {
  const comparison = await findComparison(desk.dataSource.manager, run.comparison);
  if (comparison !== null) await end(desk, comparison, run, nothingMade([reason], []));
}

/** `provenUpTo`: the comparison is proven by this run up to this date. */
async function end(
  desk: ComparisonDesk,
  { comparisonId, definition }: StoredComparison,
  run: ComparisonRun,
  result: ComparisonRunEnd,
  provenUpTo: string | null = null,
): Promise<void> {
  await inTransaction(desk.dataSource, async (tx) => {
    const locked = await lockComparison(tx, comparisonId);
    if (!(await endComparisonRun(tx, run.runId, result)) || locked === null) return;
    if (provenUpTo !== null) await setLive(tx, comparisonId, run.runId, provenUpTo);
    else if (run.asOf === null && locked.state !== 'inactive') {
      await setState(tx, comparisonId, 'incomplete', result.reasons);
      // The run that makes it live again sees what they stand for.
      await clearAllMarks(tx, comparisonId);
    }
    await dropOldComparisonRuns(tx, comparisonId, desk.runsKept);
  });
  const { status, reasons, changedBlocks } = result;
  desk.logger.info(
    { comparison: definition.name, runId: run.runId, status, reasons, changedBlocks },
    'comparison run ended',
  );
}

/** Reasons why a snapshot proves nothing: rows that cannot be read. */
async function loadSnapshots(
  desk: ComparisonDesk,
  { comparisonId, definition }: StoredComparison,
  snapshotRunId: string | null,
): Promise<readonly string[]> {
  if (snapshotRunId === null) return [];
  return inTransaction(desk.dataSource, async (tx) => {
    const locked = await holdComparison(tx, comparisonId);
    const reasons: string[] = [];
    for (const [side, { name }] of definition.sides.entries())
      for (const problem of locked === null ? [] : await loadSnapshot(tx, locked, side, snapshotRunId))
        reasons.push(`${name}: cannot be read: ${problem}`);
    return reasons;
  });
}

async function completenessOf(
  { dataSource }: ComparisonDesk,
  { comparisonId, definition }: StoredComparison,
  proofs: readonly SideProof[],
): Promise<readonly SideCompleteness[]> {
  const counts = await itemCounts(dataSource.manager, comparisonId);
  return definition.sides.map(({ name, source }, side) => {
    const proof = proofs[side];
    const reason = proof === undefined || proof.state === 'complete' ? null : proof.reason;
    return {
      ...{ side: name, source: sourceText(source), complete: reason === null, reason },
      ...{ items: counts.get(side) ?? 0, freshness: proof?.freshness ?? null },
    };
  });
}

/** Does the work when nobody else is at it; the lock ends with the connection, also when this process does. */
async function exclusively(dataSource: DataSource, name: string, work: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    const rows = (await runner.query(`SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got`, [name])) as {
      got: boolean;
    }[];
    if (rows[0]?.got !== true) return;
    try {
      await work();
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, [name]);
    }
  } finally {
    await runner.release();
  }
}

import type { EntityManager } from 'typeorm';
import { findRun } from '../runs/run.store.ts';
import { usedParts } from '../statements/statement.store.ts';
import { provenAccounts } from '../statements/account-proof.ts';
import type { ComparisonSide } from './comparison.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import type { ComparisonRun } from './comparison-run.store.ts';
import { setSnapshotRun } from './comparison-run.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { snapshotText, sourceText, topicsOf } from './side-text.ts';

/** Of a side whether it is all there; `waiting` while it may still come. */
export type SideProof =
  | { readonly state: 'complete'; readonly freshness: string | null; readonly coveredTo: string | null }
  | { readonly state: 'waiting' | 'incomplete'; readonly reason: string; readonly freshness: string | null };

/** Looks at every side of a comparison, in the order of its sides. */
export async function proveSides(
  desk: ComparisonDesk,
  { definition }: StoredComparison,
  snapshotRunId: string | null,
): Promise<readonly SideProof[]> {
  const caughtUp = await desk.caughtUp(definition.name, topicsOf(definition));
  const proofs: SideProof[] = [];
  for (const side of definition.sides) proofs.push(await proveSide(desk, side, caughtUp, snapshotRunId));
  return proofs;
}

async function proveSide(
  { dataSource: { manager } }: ComparisonDesk,
  { source }: ComparisonSide,
  caughtUp: boolean,
  snapshotRunId: string | null,
): Promise<SideProof> {
  if (source.kind === 'topic')
    return caughtUp
      ? { state: 'complete', freshness: new Date().toISOString(), coveredTo: null }
      : { state: 'waiting', reason: 'not everything that the topic holds was consumed in time', freshness: null };
  if (source.kind === 'snapshot') return proveSnapshot(manager, snapshotText(source), snapshotRunId);
  return proveAccounts(manager, source.account);
}

/** The run that takes a comparison's snapshots: the one that was asked for, or a new one; null when no side needs any. */
export async function askedSnapshots(
  desk: ComparisonDesk,
  { definition }: StoredComparison,
  { runId, snapshotRunId }: ComparisonRun,
): Promise<string | null> {
  const needed = definition.sides.flatMap(({ source }) => (source.kind === 'snapshot' ? [snapshotText(source)] : []));
  if (needed.length === 0 || snapshotRunId !== null) return snapshotRunId;
  const asked = await desk.requestSnapshots(needed);
  await setSnapshotRun(desk.dataSource.manager, runId, asked);
  return asked;
}

async function proveSnapshot(tx: EntityManager, side: string, snapshotRunId: string | null): Promise<SideProof> {
  const run = snapshotRunId === null ? null : await findRun(tx, snapshotRunId);
  const freshness = run?.requestedAt ?? null;
  if (run === null || run.status === 'waiting') return { state: 'waiting', reason: 'no answer', freshness };
  const prefix = `${side.slice(0, side.indexOf(':'))}: `;
  const reason = run.reasons.find((text) => text.startsWith(prefix));
  if (reason !== undefined) return { state: 'incomplete', reason: reason.slice(prefix.length), freshness };
  return { state: 'complete', freshness, coveredTo: null };
}

/** Statements tell up to the last day of the account that is furthest behind: later movements are on no statement yet. */
async function proveAccounts(tx: EntityManager, pattern: string): Promise<SideProof> {
  const { problems, coveredTo } = provenAccounts(await usedParts(tx, pattern));
  const [first] = problems;
  if (first === undefined) return { state: 'complete', freshness: coveredTo, coveredTo };
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { state: 'incomplete', reason: `${first}${more}`, freshness: coveredTo };
}

/** Why a comparison cannot be made: what is incomplete, or when nothing is, what did not come in time. */
export function reasonsOf(sides: readonly ComparisonSide[], proofs: readonly SideProof[]): readonly string[] {
  const state = proofs.some((proof) => proof.state === 'incomplete') ? 'incomplete' : 'waiting';
  return sides.flatMap(({ name, source }, index) => {
    const proof = proofs[index];
    return proof === undefined || proof.state === 'complete' || proof.state !== state
      ? []
      : [`${name} (${sourceText(source)}): ${proof.reason}`];
  });
}

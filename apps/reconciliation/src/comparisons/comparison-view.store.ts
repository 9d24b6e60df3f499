import type { EntityManager } from 'typeorm';
import { confirmedMatches } from '../breaks/break.store.ts';
import { comparisonRuns, totalFigures } from './comparison-run.store.ts';
import type { ComparisonRun } from './comparison-run.store.ts';
import { listComparisons } from './comparison.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { sourceText } from './side-text.ts';
import { summaryOf } from './summary.ts';
import type { Summary } from './summary.ts';

/** A comparison as the API shows it. */
export interface ComparisonView {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly state: StoredComparison['state'];
  /** Why it is not made, or not complete. */
  readonly reasons: readonly string[];
  readonly sides: readonly { readonly name: string; readonly source: string }[];
  /** Rule set with the version in use; null before its first run. */
  readonly rules: { readonly name: string; readonly version: number | null };
  /** Date that it is decided for now. */
  readonly asOf: string | null;
  /** What stands now, also between full runs. */
  readonly result: Summary;
  readonly lastRun: RunView | null;
}

/** A run as the API shows it: figures as a summary. */
export interface RunView extends Omit<ComparisonRun, 'figures' | 'comparisonId' | 'snapshotRunId'> {
  readonly result: Summary;
}

export async function listViews(tx: EntityManager): Promise<ComparisonView[]> {
  const views: ComparisonView[] = [];
  for (const comparison of await listComparisons(tx)) views.push(await viewOf(tx, comparison));
  return views;
}

export async function viewOf(tx: EntityManager, comparison: StoredComparison): Promise<ComparisonView> {
  const { comparisonId, definition, state, reasons, rules, asOf } = comparison;
  const { name, description, owner, sides } = definition;
  const [lastRun] = await comparisonRuns(tx, comparisonId, 1);
  return {
    ...{ name, description, owner, state, reasons, asOf },
    sides: sides.map((side) => ({ name: side.name, source: sourceText(side.source) })),
    rules: { name: definition.rules, version: rules?.version ?? null },
    result: summaryOf(await totalFigures(tx, comparisonId), sideNames(comparison), await matchedByPeople(tx, name)),
    lastRun: lastRun === undefined ? null : runView(comparison, lastRun),
  };
}

/** Items of groups that people matched against what the rules say. */
async function matchedByPeople(tx: EntityManager, name: string): Promise<number> {
  const matches = await confirmedMatches(tx, name);
  return matches.reduce((count, { left, right }) => count + left.length + right.length, 0);
}

export function runView(comparison: StoredComparison, run: ComparisonRun): RunView {
  const { figures, comparisonId: _comparisonId, snapshotRunId: _snapshotRunId, ...rest } = run;
  return { ...rest, result: summaryOf(figures, sideNames(comparison), 0) };
}

const sideNames = ({ definition }: StoredComparison): string[] => definition.sides.map(({ name }) => name);

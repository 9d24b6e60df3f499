import type { DataSource } from 'typeorm';
import { stateOf } from './break-case.store.ts';
import type { BreakDesk } from './break-desk.worker.ts';
import { findBreaks, type ListedBreak } from './break-query.store.ts';
import { actOnOne } from './bulk.worker.ts';
import { editsOf, SheetProblem, type SheetEdits } from './sheet.ts';
import { readSheet, type SheetRow } from './sheet-text.worker.ts';

/**
 * What becomes of a row: unchanged (nothing was edited), success (done, or would be), ineligible (the break does not take it),
 * conflict (the break has changed since the sheet was made), refused (the row cannot be meant), failed (something went wrong).
 */
export interface ImportedRow {
  readonly line: number;
  readonly breakId: string;
  readonly outcome: 'unchanged' | 'success' | 'ineligible' | 'conflict' | 'refused' | 'failed';
  readonly reason: string | null;
  /** Each edit as `column: before -> after`. */
  readonly changes: readonly string[];
  /** Edited columns that are only for reading. */
  readonly ignored: readonly string[];
  /** Workflow afterwards. */
  readonly workflow: string | null;
  /** Of a conflict: the revision and the workflow that stand now. */
  readonly current: {
    readonly revision: string;
    readonly workflow: string | null;
    readonly assignee: string | null;
  } | null;
}

export interface ImportResult {
  readonly applied: boolean;
  readonly counts: Readonly<Record<ImportedRow['outcome'], number>>;
  readonly rows: readonly ImportedRow[];
}

/** Row by row, each whole or not at all. Without `apply` nothing is kept. @throws SheetUnreadable */
export async function importSheet(
  dataSource: DataSource,
  desk: BreakDesk,
  { csv, apply, actor }: { readonly csv: string; readonly apply: boolean; readonly actor: string },
): Promise<ImportResult> {
  const sheet = readSheet(csv);
  const ids = sheet.map(({ cells }) => idOf(cells)).filter((id) => UUID.test(id));
  const known = await findBreaks(dataSource.manager, ids);
  const rows: ImportedRow[] = [];
  const taken = new Set<string>();
  for (const row of sheet) {
    const id = idOf(row.cells);
    const found = known.get(id);
    const problem = problemOf(row, id, found, taken.has(id));
    taken.add(id);
    rows.push(
      found === undefined || problem !== null
        ? outcome(row, id, 'refused', problem ?? '')
        : await importRow(dataSource, desk, row, found, { apply, actor }),
    );
  }
  const outcomes = ['unchanged', 'success', 'ineligible', 'conflict', 'refused', 'failed'] as const;
  const counts = Object.fromEntries(outcomes.map((one) => [one, rows.filter((row) => row.outcome === one).length]));
  return { applied: apply, counts: counts as ImportResult['counts'], rows };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idOf = (cells: SheetRow['cells']): string => (cells['break_id'] ?? '').trim().toLowerCase();

function problemOf(
  { problem, cells }: SheetRow,
  id: string,
  found: ListedBreak | undefined,
  isTaken: boolean,
): string | null {
  if (problem !== null) return problem;
  if (found === undefined) return `there is no break "${id}"`;
  if (isTaken) return 'another row is about the same break';
  return /^\d{1,18}$/.test((cells['revision'] ?? '').trim()) ? null : 'revision is no number';
}

async function importRow(
  dataSource: DataSource,
  desk: BreakDesk,
  row: SheetRow,
  found: ListedBreak,
  { apply, actor }: { readonly apply: boolean; readonly actor: string },
): Promise<ImportedRow> {
  const { breakId } = found;
  const edits = editsOrProblem(row, found);
  if (edits instanceof SheetProblem) return outcome(row, breakId, 'refused', edits.message);
  if (edits.acts.length === 0) return { ...outcome(row, breakId, 'unchanged', null), ignored: edits.ignored };
  const expectedRevision = BigInt((row.cells['revision'] ?? '').trim());
  const request = { breakId, expectedRevision, acts: edits.acts, actor, role: 'operator' };
  const done = await actOnOne(dataSource, desk, request, !apply);
  const isConflict = done.code === 'REVISION_STALE';
  return {
    ...outcome(row, breakId, isConflict ? 'conflict' : done.outcome, done.reason),
    ...{ changes: edits.changes, ignored: edits.ignored, workflow: done.workflow },
    current: isConflict ? currentOf(found) : null,
  };
}

function editsOrProblem({ cells }: SheetRow, found: ListedBreak): SheetEdits | SheetProblem {
  try {
    return editsOf(cells, { state: stateOf(found), revision: found.revision });
  } catch (error) {
    if (error instanceof SheetProblem) return error;
    throw error;
  }
}

const currentOf = ({ revision, workflow, assignee }: ListedBreak): ImportedRow['current'] => ({
  revision,
  workflow,
  assignee,
});

const outcome = (
  { line }: SheetRow,
  breakId: string,
  what: ImportedRow['outcome'],
  reason: string | null,
): ImportedRow => ({
  ...{ line, breakId, outcome: what, reason, changes: [], ignored: [] },
  workflow: null,
  current: null,
});

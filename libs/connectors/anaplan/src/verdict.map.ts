import type { TaskDetail, TaskResult } from './vendor-types.ts';

/** Row counts of one import as its details state them; null where they say nothing about rows. */
export interface RowVerdict {
  readonly success: number;
  /** Failed and ignored rows together: neither is in the model. */
  readonly refused: number;
}

/** A row that the model did not take. `row` counts the data rows of the file from 1. */
export interface RefusedRow {
  readonly row: number;
  readonly cell: string;
  readonly reason: string;
}

/** What became of the rows of one file. sent = loaded + refused rows. */
export interface FileOutcome {
  readonly sent: number;
  readonly loaded: number;
  readonly refused: readonly RefusedRow[];
  /** The vendor's word on the import; true does not mean all rows. */
  readonly successful: boolean;
  /** True when every refused row was refused by itself; false when no row counts because of the import as a whole. */
  readonly byRow: boolean;
}

/** The results of single actions at every level of a task's result. */
export function leafResults(result: TaskResult): readonly TaskResult[] {
  const nested = result.nestedResults ?? [];
  return nested.length === 0 ? [result] : nested.flatMap(leafResults);
}

/** Adds up the row counts over all details of a result; keys and values stand in one flat list. */
export function rowVerdict(result: TaskResult): RowVerdict | null {
  const counted = (result.details ?? []).map(detailCounts).filter((counts) => counts.has('successRowCount'));
  if (counted.length === 0) return null;
  const total = (key: string): number => counted.reduce((sum, counts) => sum + Number(counts.get(key) ?? 0), 0);
  return { success: total('successRowCount'), refused: total('failedCount') + total('ignoredCount') };
}

function detailCounts(detail: TaskDetail): ReadonlyMap<string, string> {
  const values = detail.values ?? [];
  const pairs = values.flatMap((key, index) =>
    index % 2 === 0 ? [[key ?? '', values[index + 1] ?? ''] as const] : [],
  );
  return new Map(pairs);
}

/**
 * The verdict on the rows of one file. COMPLETE is not success, and success is not "all rows": only when the counts add up
 * to what was sent and the dump names every refused row is the rest taken as loaded; otherwise no row is.
 * @param sent the rows as uploaded; `keys` columns identify a row
 * @param dump the dump's records with its header, first column the error text; null when there is none
 */
export function fileOutcome(
  sent: readonly (readonly string[])[],
  keys: number,
  result: TaskResult | null,
  dump: readonly (readonly string[])[] | null,
): FileOutcome {
  const none = (reason: string): FileOutcome => ({
    sent: sent.length,
    loaded: 0,
    refused: sent.map((row, index) => ({ row: index + 1, cell: keyOf(row, keys), reason })),
    successful: result?.successful ?? false,
    byRow: false,
  });
  if (result === null) return none('The task was cancelled');
  if (!result.successful) return none(result.details?.[0]?.localMessageText ?? 'The import was not successful');
  const verdict = rowVerdict(result);
  const refused = refusedRows(sent, keys, dump?.slice(1) ?? []);
  if (verdict === null || verdict.success + verdict.refused !== sent.length || refused.length !== verdict.refused)
    return none(
      `The verdict does not add up: ${sent.length} rows sent, ${describe(verdict)}, ${refused.length} named in the dump`,
    );
  return { sent: sent.length, loaded: verdict.success, refused, successful: true, byRow: true };
}

/** Finds the uploaded rows of the dump's records: a record is the row behind an error text, one for each of its errors. */
function refusedRows(
  sent: readonly (readonly string[])[],
  keys: number,
  records: readonly (readonly string[])[],
): readonly RefusedRow[] {
  const reasons = new Map<string, string[]>();
  for (const [reason = '', ...row] of records) {
    const cell = keyOf(row, keys);
    reasons.set(cell, [...(reasons.get(cell) ?? []), reason]);
  }
  return sent.flatMap((row, index) => {
    const cell = keyOf(row, keys);
    const found = reasons.get(cell);
    return found === undefined ? [] : [{ row: index + 1, cell, reason: found.join('; ') }];
  });
}

const keyOf = (row: readonly string[], keys: number): string => row.slice(0, keys).join(' / ');
const describe = (verdict: RowVerdict | null): string =>
  verdict === null ? 'no counts' : `${verdict.success} loaded, ${verdict.refused} refused`;

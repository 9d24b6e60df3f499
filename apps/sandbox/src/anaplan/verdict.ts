/** What became of the rows of one import. */
export interface RowCounts {
  readonly created: number;
  readonly updated: number;
  /** The row could not be read or held a value that its target refuses. */
  readonly failed: number;
  /** The row named something that the model does not have. */
  readonly ignored: number;
}

export interface TaskDetail {
  readonly localMessageText: string;
  readonly occurrences: number;
  readonly type: string;
  readonly values: readonly string[];
}

export interface TaskResult {
  readonly objectId: string;
  readonly objectName: string;
  readonly successful: boolean;
  readonly failureDumpAvailable: boolean;
  readonly details?: readonly TaskDetail[];
  readonly nestedResults?: readonly TaskResult[];
}

/** The vendor's row verdict: counts as a flat list of keys and values, all of them text. */
export function rowsProcessed(target: string, counts: RowCounts): TaskDetail {
  const success = counts.created + counts.updated;
  const total = success + counts.failed + counts.ignored;
  return {
    localMessageText: `${target}: ${success} (${counts.created}/${counts.updated}) rows successful, ${counts.failed} failed, ${counts.ignored} ignored`,
    occurrences: 0,
    type: counts.failed > 0 ? 'hierarchyRowsProcessedWithFailures' : 'hierarchyRowsProcessed',
    values: flat({
      hierarchyName: target,
      successRowCount: success,
      successCreateCount: counts.created,
      successUpdateCount: counts.updated,
      warningsRowCount: 0,
      failedCount: counts.failed,
      ignoredCount: counts.ignored,
      totalRowCount: total,
      totalCreateCount: counts.created,
      totalUpdateCount: counts.updated,
    }),
  };
}

/** An action that ended without doing its work: COMPLETE, and yet not successful. */
export function unsuccessful(objectId: string, objectName: string, message: string): TaskResult {
  const detail = { localMessageText: message, occurrences: 1, type: 'actionFailed', values: [] };
  return { objectId, objectName, successful: false, failureDumpAvailable: false, details: [detail] };
}

/** A process is as successful as its worst action; the row verdicts stay one level down. */
export function processResult(objectId: string, objectName: string, nested: readonly TaskResult[]): TaskResult {
  return {
    objectId,
    objectName,
    successful: nested.every((result) => result.successful),
    failureDumpAvailable: nested.some((result) => result.failureDumpAvailable),
    nestedResults: nested,
  };
}

const flat = (values: Record<string, string | number>): string[] =>
  Object.entries(values).flatMap(([key, value]) => [key, String(value)]);

import { inTransaction } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import type { ActsOutcome, ActsRequest, BreakDesk } from './break-desk.worker.ts';

/** What became of one of many: done; ineligible (as it is, it cannot be); failed (it could have been, and was not). */
export interface BulkItem {
  readonly breakId: string;
  readonly outcome: 'success' | 'ineligible' | 'failed';
  /** Why not; null of a success. */
  readonly reason: string | null;
  readonly code: string | null;
  /** Workflow afterwards, e.g. PROPOSED where a second person has to approve. */
  readonly workflow: string | null;
}

export interface BulkResult {
  readonly dryRun: boolean;
  readonly success: number;
  readonly ineligible: number;
  readonly failed: number;
  readonly items: readonly BulkItem[];
}

/** Each in a transaction of its own, in the order given; a dry run does the same and keeps nothing. */
export async function actOnEach(
  dataSource: DataSource,
  desk: BreakDesk,
  requests: readonly ActsRequest[],
  dryRun: boolean,
): Promise<BulkResult> {
  const items: BulkItem[] = [];
  for (const request of requests) items.push(await actOnOne(dataSource, desk, request, dryRun));
  const count = (outcome: BulkItem['outcome']): number => items.filter((item) => item.outcome === outcome).length;
  return { dryRun, success: count('success'), ineligible: count('ineligible'), failed: count('failed'), items };
}

export async function actOnOne(
  dataSource: DataSource,
  desk: BreakDesk,
  request: ActsRequest,
  dryRun: boolean,
): Promise<BulkItem> {
  const { breakId } = request;
  try {
    const run = (tx: EntityManager): Promise<ActsOutcome> => desk.act(tx, request, dryRun);
    return itemOf(breakId, await inTransaction(dataSource, run));
  } catch (error) {
    desk.logger.error({ err: error, breakId }, 'a break could not be acted on');
    const reason = 'Something went wrong here: try again, or report it with the break.';
    return { breakId, outcome: 'failed', reason, code: 'FAILED', workflow: null };
  }
}

function itemOf(breakId: string, outcome: ActsOutcome): BulkItem {
  switch (outcome.status) {
    case 'unknown':
      return ineligible(breakId, 'break-unknown', 'There is no break with this id.');
    case 'refused':
      return ineligible(breakId, outcome.objection.code, outcome.objection.message);
    case 'done':
      return { breakId, outcome: 'success', reason: null, code: null, workflow: outcome.state.workflow };
  }
}

const ineligible = (breakId: string, code: string, reason: string): BulkItem => ({
  ...{ breakId, outcome: 'ineligible', reason, workflow: null },
  code: code.toUpperCase().replaceAll('-', '_'),
});

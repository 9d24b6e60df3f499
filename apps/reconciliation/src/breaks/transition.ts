import { contentHash, parseDecimal } from '@tieout/canonical';
import type { Finding } from '../checks/verdict.ts';
import { UNDECIDED, type BreakState, type Transition } from './break-state.ts';
import type { BreakPolicy } from './policy.ts';
import { weigh, workedAgain, type Triage } from './triage.ts';

export interface RunContext {
  readonly runId: string;
  /** Instant of the decision. */
  readonly at: string;
}

/**
 * The break of a finding: opened, reopened, told anew, or - null - unchanged. What people settled stays settled while the difference is
 * the one that they settled; another one is theirs to decide again, and so is a proof that did not come in time.
 */
export function seen(
  before: BreakState | null,
  { breakId, difference }: Finding,
  run: RunContext,
  triage: Triage,
): Transition | null {
  const stands = before !== null && before.status === 'OPEN';
  const openedAt = stands ? before.openedAt : run.at;
  const { check, kind, objectType, object, legalEntityId, customerId, currency, expected, actual } = difference;
  const found = {
    ...({ breakId, status: 'OPEN', check, kind, objectType, object, legalEntityId, customerId, currency } as const),
    ...{ expected, actual, difference: difference.difference === null ? null : parseDecimal(difference.difference) },
    ...weigh(difference, openedAt, run.at, triage),
    firstSeenRunId: before?.firstSeenRunId ?? run.runId,
    lastSeenRunId: run.runId,
    openedAt,
    closedAt: null,
  } as const;
  const opened: BreakState = {
    ...{ ...found, ...UNDECIDED, workflow: 'OPEN' },
    // Who worked it before knows it; he can pass it on.
    assignee: before?.assignee ?? null,
    lastDecisionId: before?.lastDecisionId ?? null,
  };
  if (before === null) return ofRun(before, opened, 'opened', run, {});
  if (!stands) return ofRun(before, opened, 'reopened', run, { because: 'found again', ...changeOf(before, opened) });
  if (before.workflow === 'OPEN') return retold(before, opened, run);
  if (touched(before, opened)) {
    const action = before.workflow === 'PROPOSED' ? 'proposal-lapsed' : 'reopened';
    return ofRun(before, opened, action, run, { because: 'it changed', ...changeOf(before, opened) });
  }
  return overdue(before, run.at) ? ofRun(before, opened, 'reopened', run, unproven(before)) : null;
}

/** A break that a run looked for and did not find; null when it is over already. What was only proposed was never decided. */
export function gone(before: BreakState, run: RunContext): Transition | null {
  if (before.status !== 'OPEN') return null;
  const decided = before.workflow === 'PROPOSED' ? UNDECIDED : {};
  const after: BreakState = { ...before, ...decided, status: 'CLOSED', workflow: 'CLOSED', closedAt: run.at };
  return ofRun(before, after, 'closed', run, resolutionOf(before));
}

/** The day that a pending resolution was believed until is over; null when it is not. */
export function expired(before: BreakState, at: string, policy: BreakPolicy): Transition | null {
  if (!overdue(before, at)) return null;
  const act = { action: 'reopened', actor: 'reconciliation', role: null, reason: null, at };
  return { before, after: workedAgain(before, at, policy), act: { ...act, details: unproven(before) } };
}

function retold(before: BreakState, opened: BreakState, run: RunContext): Transition | null {
  const after = { ...opened, dueAt: before.severity === opened.severity ? before.dueAt : opened.dueAt };
  const same = contentHash({ ...after, lastSeenRunId: '' }) === contentHash({ ...before, lastSeenRunId: '' });
  return same ? null : ofRun(before, after, 'changed', run, changeOf(before, after));
}

/** What people decide about: the two sides and what they are worth. */
const CONTENT = ['expected', 'actual', 'currency', 'difference', 'value'] as const;

const touched = (before: BreakState, after: BreakState): boolean =>
  CONTENT.some((name) => before[name] !== after[name]);

/** What differs, before and after, and what was decided about it. */
function changeOf(before: BreakState, after: BreakState): Record<string, string> {
  const changed = CONTENT.filter((name) => before[name] !== after[name]);
  return {
    ...Object.fromEntries(changed.map((name) => [`before.${name}`, before[name] ?? ''])),
    ...Object.fromEntries(changed.map((name) => [`after.${name}`, after[name] ?? ''])),
    ...resolutionOf(before),
  };
}

function resolutionOf({ resolution, resolutionReason, proposedBy, approvedBy }: BreakState): Record<string, string> {
  const facts = { resolution, resolutionReason, proposedBy, approvedBy };
  return Object.fromEntries(Object.entries(facts).filter((one): one is [string, string] => one[1] !== null));
}

const overdue = ({ workflow, expectedOn }: BreakState, at: string): boolean =>
  workflow === 'PENDING' && expectedOn !== null && at.slice(0, 10) > expectedOn;

const unproven = (before: BreakState): Record<string, string> => ({
  because: `still there after ${before.expectedOn ?? ''}`,
  ...resolutionOf(before),
});

function ofRun(
  before: BreakState | null,
  after: BreakState,
  action: string,
  { runId, at }: RunContext,
  details: Readonly<Record<string, string>>,
): Transition {
  const { check, kind, object } = after;
  const act = { action, actor: 'reconciliation', role: null, reason: null, at };
  return { before, after, act: { ...act, details: { runId, check, kind, object, ...details } } };
}

import { chained, contentHash } from '@tieout/canonical';
import type { Audit, Break } from '@tieout/canonical';
import type { Finding } from '../checks/verdict.ts';

export type BreakState = Omit<Break, 'revision'>;

/** A break with the end of its audit chain. */
export interface StoredBreak {
  readonly state: BreakState;
  readonly auditSequence: bigint;
  readonly auditHash: string | null;
}

export interface Transition {
  readonly next: StoredBreak;
  /** Null when the break only was seen again. */
  readonly audit: Audit | null;
}

export interface RunContext {
  readonly runId: string;
  /** Instant of the decision. */
  readonly at: string;
}

/** Opens, reopens or confirms the break of a finding. */
export function seen(before: StoredBreak | null, { breakId, difference }: Finding, run: RunContext): Transition {
  const isOpen = before?.state.status === 'OPEN';
  const { check, kind, objectType, object, legalEntityId, customerId, currency, expected, actual, evidence } =
    difference;
  const state: BreakState = {
    breakId,
    status: 'OPEN',
    check,
    kind,
    objectType,
    object,
    legalEntityId,
    customerId,
    currency,
    expected,
    actual,
    difference: difference.difference,
    firstSeenRunId: before?.state.firstSeenRunId ?? run.runId,
    lastSeenRunId: run.runId,
    openedAt: isOpen ? before.state.openedAt : run.at,
    closedAt: null,
    evidence: { ...evidence },
  };
  if (isOpen) return { next: { ...before, state }, audit: null };
  return audited(before, state, before === null ? 'opened' : 'reopened', run);
}

/** Closes a break that a run looked for and did not find. */
export function gone(before: StoredBreak, run: RunContext): Transition {
  return audited(before, { ...before.state, status: 'CLOSED', closedAt: run.at }, 'closed', run);
}

function audited(before: StoredBreak | null, state: BreakState, action: string, run: RunContext): Transition {
  const end = before && before.auditHash !== null ? { sequence: before.auditSequence, hash: before.auditHash } : null;
  const audit = chained(end, {
    targetType: 'break',
    targetId: state.breakId,
    action,
    actor: 'reconciliation',
    role: null,
    reason: null,
    at: run.at,
    beforeHash: before === null ? null : contentHash(before.state),
    afterHash: contentHash(state),
    details: { runId: run.runId, check: state.check, kind: state.kind, object: state.object },
  });
  return { next: { state, auditSequence: audit.sequence, auditHash: audit.hash }, audit };
}

import { derivedId, isDate, type Decision } from '@tieout/canonical';
import { RESOLUTIONS, UNDECIDED, type BreakState, type Resolution, type Transition } from './break-state.ts';
import type { BreakPolicy } from './policy.ts';
import {
  believedUntil,
  needsSecondPerson,
  objectionToResolution,
  RESOLUTION_RULES,
  type ResolutionInput,
} from './resolution-rules.ts';
import { workedAgain } from './triage.ts';

export const ACTIONS = ['assign', 'comment', 'reschedule', 'resolve', 'approve', 'reject', 'reopen'] as const;
export type Action = (typeof ACTIONS)[number];

/** A person's act as it was asked for. Parameters: assignee; dueOn; resolution, expectedOn, counterpart. */
export interface ActRequest {
  readonly action: Action;
  /** Reason, or the text of a comment. */
  readonly reason: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Who acts, when, and by which rules. */
export interface ActContext {
  readonly actor: string;
  readonly role: string;
  /** Instant. */
  readonly at: string;
  readonly policy: BreakPolicy;
}

/** Why a person's act is not taken. */
export interface Objection {
  readonly code: 'revision-stale' | 'not-offered' | 'reason-missing' | 'ineligible' | 'second-person';
  readonly message: string;
}

export interface Performed {
  readonly decision: Decision;
  readonly transition: Transition;
}

/** Whether an act fits the break as it is; null: it does. */
export function objectionTo(state: BreakState, act: ActRequest, { actor, at, policy }: ActContext): Objection | null {
  if (!isOffered(state, act.action)) return notOffered(state, act.action);
  if (act.action === 'approve' && actor === state.proposedBy)
    return { code: 'second-person', message: `${actor} proposed it: somebody else has to approve it.` };
  if (needsReason(act.action) && (act.reason ?? '').trim() === '')
    return {
      code: 'reason-missing',
      message: `"${act.action}" needs ${act.action === 'comment' ? 'a text' : 'a reason'}.`,
    };
  const against = ineligible(state, act, at.slice(0, 10), policy);
  return against === null ? null : { code: 'ineligible', message: against };
}

export const needsReason = (action: Action): boolean => action !== 'assign' && action !== 'approve';

/** Acts that a break takes as it is, whoever acts. */
export function isOffered({ workflow }: BreakState, action: Action): boolean {
  switch (action) {
    case 'comment':
      return true;
    case 'assign':
    case 'reschedule':
      return workflow !== 'CLOSED' && workflow !== 'RESOLVED';
    case 'resolve':
      return workflow === 'OPEN' || workflow === 'PENDING';
    case 'approve':
    case 'reject':
      return workflow === 'PROPOSED';
    case 'reopen':
      return workflow === 'PENDING' || workflow === 'RESOLVED';
  }
}

const notOffered = ({ workflow }: BreakState, action: Action): Objection => ({
  code: 'not-offered',
  message: `"${action}" does not fit: the break is ${(workflow ?? 'UNKNOWN').toLowerCase()}.`,
});

function ineligible(state: BreakState, act: ActRequest, today: string, policy: BreakPolicy): string | null {
  if (act.action === 'reschedule') {
    const dueOn = act.parameters['dueOn'] ?? '';
    return isDate(dueOn) && dueOn >= today ? null : `The due date must be a date from ${today} on.`;
  }
  if (act.action !== 'resolve') return null;
  const input = resolutionInput(act);
  if (input === null) return `The resolution must be one of ${RESOLUTIONS.join(', ')}.`;
  return objectionToResolution(state, input, today, policy);
}

function resolutionInput({ parameters }: ActRequest): ResolutionInput | null {
  const { resolution = '', expectedOn, counterpart } = parameters;
  if (!(RESOLUTIONS as readonly string[]).includes(resolution)) return null;
  return {
    resolution: resolution as Resolution,
    expectedOn: expectedOn || null,
    counterpart: counterpart?.trim() || null,
  };
}

/** The break after an act without objection, with the decision that is told; its id follows from the revision decided on. */
export function perform(state: BreakState, revision: bigint, act: ActRequest, context: ActContext): Performed {
  const { actor, role, at, policy } = context;
  const { action, reason, parameters } = act;
  const decisionId = derivedId('break/decision', state.breakId, revision.toString());
  const decision: Decision = {
    ...{
      decisionId,
      targetType: 'break',
      targetId: state.breakId,
      expectedRevision: revision,
      service: 'reconciliation',
    },
    ...{ action, actor, role, reason, parameters: { ...parameters }, at },
  };
  const after = { ...effectOf(state, act, actor, at, policy), lastDecisionId: decisionId };
  const told = action === 'resolve' && after.workflow === 'PROPOSED' ? 'proposed' : PAST[action];
  const details = { ...parameters, decisionId, ...(action === 'approve' && { proposedBy: state.proposedBy ?? '' }) };
  return { decision, transition: { before: state, after, act: { action: told, actor, role, reason, details, at } } };
}

const PAST: Readonly<Record<Action, string>> = {
  assign: 'assigned',
  comment: 'commented',
  reschedule: 'rescheduled',
  resolve: 'resolved',
  approve: 'approved',
  reject: 'rejected',
  reopen: 'reopened',
};

function effectOf(state: BreakState, act: ActRequest, actor: string, at: string, policy: BreakPolicy): BreakState {
  switch (act.action) {
    case 'comment':
      return state;
    case 'assign':
      return { ...state, assignee: act.parameters['assignee'] || null };
    case 'reschedule':
      return { ...state, dueAt: `${act.parameters['dueOn'] ?? ''}T23:59:59.999Z` };
    case 'resolve':
      return resolved(state, act, actor, at, policy);
    case 'approve':
      return { ...state, workflow: 'RESOLVED', approvedBy: actor, decidedAt: at };
    case 'reject':
      return { ...state, ...UNDECIDED, workflow: 'OPEN' };
    case 'reopen':
      return workedAgain(state, at, policy);
  }
}

function resolved(state: BreakState, act: ActRequest, actor: string, at: string, policy: BreakPolicy): BreakState {
  const input = resolutionInput(act);
  if (input === null) throw new Error('an act with an objection was performed');
  const { resolution, counterpart } = input;
  const decided = {
    ...{ resolution, resolutionReason: act.reason, proposedBy: actor, approvedBy: null, decidedAt: at, counterpart },
    expectedOn: believedUntil(input, at.slice(0, 10), policy),
  };
  const done = RESOLUTION_RULES[resolution].isProven ? 'PENDING' : 'RESOLVED';
  return { ...state, ...decided, workflow: needsSecondPerson(state, resolution, policy) ? 'PROPOSED' : done };
}

/** Several acts of one person on one break, one after the other: all of them, or the objection to the first that does not fit. */
export function performAll(
  state: BreakState,
  revision: bigint,
  acts: readonly ActRequest[],
  context: ActContext,
): { readonly performed: readonly Performed[]; readonly objection: Objection | null } {
  const performed: Performed[] = [];
  let current = state;
  for (const act of acts) {
    const objection = objectionTo(current, act, context);
    if (objection !== null) return { performed: [], objection };
    const next = perform(current, revision + BigInt(performed.length), act, context);
    performed.push(next);
    current = next.transition.after;
  }
  return { performed, objection: null };
}

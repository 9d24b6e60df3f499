import { contentHash, derivedId, type Act, type DecimalString, type Decision, type Exception } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';

export type ExceptionState = Omit<Exception, 'revision'>;

/** What a service found: a case for a person. */
export interface NewException {
  readonly kind: string;
  /** What the case is about, so that found again it is the same case: its id follows from service, kind and subject. */
  readonly subject: string;
  readonly objectType: string;
  readonly objectId: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly atStake?: { readonly amount: DecimalString; readonly currency: string };
  /** What would fix this one, when it is not what fixes its kind. */
  readonly cure?: string;
}

/** What a service declares of the cases that it raises. */
export interface ExceptionKind {
  readonly kind: string;
  readonly severity: 'INFO' | 'WARNING' | 'CRITICAL';
  /** Who works cases of this kind. */
  readonly ownerGroup: string;
  /** How long one may be open. */
  readonly dueHours: number;
  /** What would fix it, one sentence for a person. */
  readonly cure: string;
  /** What a person may decide beside `resolve`, by name. */
  readonly actions?: Readonly<Record<string, ExceptionAction>>;
}

export interface ExceptionAction {
  /** What it does, one sentence for a person. */
  readonly does: string;
  readonly needsReason: boolean;
  /**
   * Runs in the transaction of the decision and shares its fate: call nothing outside. Answers how the case ended, or null when it
   * stays open until what was set going has worked. @throws DataError when it cannot be done: nothing happens, the person hears why
   */
  apply(tx: EntityManager, exception: ExceptionState, decision: Decision): Promise<string | null>;
}

/** Acts that every open case allows. Somebody who resolves by hand is answerable: found again, the case opens again. */
export const ASSIGN = 'assign';
export const COMMENT = 'comment';
export const RESOLVE = 'resolve';

/** A case before and after, with who did what. */
export interface Transition {
  readonly before: ExceptionState | null;
  readonly after: ExceptionState;
  readonly act: Pick<Act, 'action' | 'actor' | 'role' | 'reason' | 'details'>;
}

export function exceptionId(service: string, { kind, subject }: Pick<NewException, 'kind' | 'subject'>): string {
  return derivedId(`${service}/${kind}`, subject);
}

/** The names of what a person may decide about cases of a kind; one that this version does not know can only be resolved. */
export function actionsOf(kind: ExceptionKind | undefined): readonly string[] {
  return [RESOLVE, ...Object.keys(kind?.actions ?? {})].toSorted();
}

/** The case of a finding: opened, reopened, or told anew when what is known of it changed. Null when nothing is new. */
export function raised(
  before: ExceptionState | null,
  found: NewException,
  kind: ExceptionKind,
  service: string,
  now: string,
): Transition | null {
  const { objectType, objectId, message, details, atStake, cure } = found;
  const facts = {
    exceptionId: exceptionId(service, found),
    kind: kind.kind,
    severity: kind.severity,
    service,
    ...{ objectType, objectId, message, details },
    ownerGroup: kind.ownerGroup,
    atStake: atStake?.amount ?? null,
    currency: atStake?.currency ?? null,
    cure: cure ?? kind.cure,
    actions: actionsOf(kind),
  };
  const by = { actor: service, role: null, reason: null, details: {} };
  if (before?.status === 'OPEN') {
    const after = { ...before, ...facts };
    if (contentHash(after) === contentHash(before)) return null;
    return { before, after: { ...after, updatedAt: now }, act: { ...by, action: 'changed' } };
  }
  const after: ExceptionState = {
    ...facts,
    status: 'OPEN',
    raisedAt: now,
    updatedAt: now,
    resolution: null,
    dueAt: hoursAfter(now, kind.dueHours),
    // Who worked it before knows it; he can pass it on.
    assignee: before?.assignee ?? null,
    lastDecisionId: before?.lastDecisionId ?? null,
  };
  return { before, after, act: { ...by, action: before === null ? 'raised' : 'reopened' } };
}

/** The service itself saw that the cause is gone; null when the case is over already. */
export function resolved(before: ExceptionState, resolution: string, now: string): Transition | null {
  if (before.status !== 'OPEN') return null;
  const act = { action: 'resolved', actor: before.service, role: null, reason: resolution, details: {} };
  return { before, after: { ...before, status: 'RESOLVED', resolution, updatedAt: now }, act };
}

/** A person's act as it was asked for. */
export interface DecisionRequest {
  readonly action: string;
  readonly expectedRevision: bigint;
  readonly actor: string;
  readonly role: string;
  readonly reason: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Why a person's act is not taken. */
export interface Objection {
  readonly code: 'revision-stale' | 'exception-closed' | 'action-unknown' | 'reason-missing';
  readonly message: string;
}

/** Whether an act fits the case as it is; null: it does. */
export function objectionTo(
  { action, expectedRevision, reason }: DecisionRequest,
  { status }: ExceptionState,
  revision: bigint,
  kind: ExceptionKind | undefined,
): Objection | null {
  if (expectedRevision !== revision)
    return {
      code: 'revision-stale',
      message: `The exception has changed: it is at revision ${revision}, not ${expectedRevision}.`,
    };
  if (action !== COMMENT && status !== 'OPEN')
    return { code: 'exception-closed', message: 'The exception is resolved: it can only be commented.' };
  const allowed = actionsOf(kind);
  if (![ASSIGN, COMMENT, ...allowed].includes(action))
    return {
      code: 'action-unknown',
      message: `"${action}" cannot be decided about this exception: ${allowed.join(', ')} can.`,
    };
  const needsReason = action === RESOLVE || action === COMMENT || kind?.actions?.[action]?.needsReason === true;
  if (needsReason && (reason ?? '').trim() === '')
    return { code: 'reason-missing', message: `"${action}" needs a reason.` };
  return null;
}

/** The decision as it goes out; its id follows from the revision decided on, so there is one per revision. */
export function decisionOf(
  { exceptionId: targetId, service }: ExceptionState,
  request: DecisionRequest,
  at: string,
): Decision {
  const decisionId = derivedId('exception/decision', targetId, request.expectedRevision.toString());
  return { decisionId, targetType: 'exception', targetId, service, ...request, at };
}

/** The case after a person's act; `resolution` tells how it ended, null: it stays open. */
export function decided(before: ExceptionState, decision: Decision, resolution: string | null): Transition {
  const { action, actor, role, reason, parameters, decisionId, at } = decision;
  const taken: ExceptionState = { ...before, updatedAt: at, lastDecisionId: decisionId };
  const assigned = action === ASSIGN ? { ...taken, assignee: parameters['assignee'] || null } : taken;
  const after: ExceptionState = resolution === null ? assigned : { ...assigned, status: 'RESOLVED', resolution };
  return { before, after, act: { action, actor, role, reason, details: { ...parameters, decisionId } } };
}

/** What the audit says of a transition. */
export function auditActOf({ before, after, act }: Transition): Act {
  return {
    ...act,
    targetType: 'exception',
    targetId: after.exceptionId,
    at: after.updatedAt,
    beforeHash: before && contentHash(before),
    afterHash: contentHash(after),
  };
}

const hoursAfter = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

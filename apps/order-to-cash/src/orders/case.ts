import { derivedId, type Exception } from '@tieout/canonical';
import { SERVICE, type Problem } from './order.ts';

/** A problem and since when it is there. */
export type Held = Problem & { readonly since: string };
export type ExceptionState = Omit<Exception, 'revision'>;

/** What the exceptions topic must hear when a contract's problem changes; nothing when it is the same as before. */
export function transitions(
  contractId: string,
  before: Held | null,
  problem: Problem | null,
  now: string,
): { readonly held: Held | null; readonly states: readonly ExceptionState[] } {
  if (before?.kind === problem?.kind && before?.message === problem?.message) return { held: before, states: [] };
  const held = problem && { ...problem, since: before?.kind === problem.kind ? before.since : now };
  const over = before !== null && before.kind !== problem?.kind ? [resolved(contractId, before, now)] : [];
  return { held, states: [...over, ...(held ? [raised(contractId, held, now)] : [])] };
}

/** One case per contract and kind: raised again it is the same case, reopened. */
function caseOf(contractId: string, held: Held): Omit<ExceptionState, 'status' | 'updatedAt' | 'resolution'> {
  return {
    exceptionId: derivedId(`${SERVICE}/${held.kind}`, contractId),
    kind: held.kind,
    severity: 'WARNING',
    service: SERVICE,
    objectType: 'contract',
    objectId: contractId,
    message: held.message,
    details: held.details,
    raisedAt: held.since,
  };
}

function raised(contractId: string, held: Held, now: string): ExceptionState {
  return { ...caseOf(contractId, held), status: 'OPEN', updatedAt: now, resolution: null };
}

function resolved(contractId: string, held: Held, now: string): ExceptionState {
  const resolution = 'Contract and order agree: the cause is gone in the CRM or in the ERP.';
  return { ...caseOf(contractId, held), status: 'RESOLVED', updatedAt: now, resolution };
}

import { derivedId, type Exception } from '@tieout/canonical';
import type { Hold } from './standing.ts';

export const SERVICE = 'crm-ingest';

/** Whom a hold is about. */
export interface Subject {
  readonly instance: string;
  readonly accountId: string;
  readonly customerId: string;
}
export type ExceptionState = Omit<Exception, 'revision'>;

/** One case per account and kind: raised again it is the same case, reopened. */
function exceptionOf(
  subject: Subject,
  hold: Hold,
  since: string,
): Omit<ExceptionState, 'status' | 'updatedAt' | 'resolution'> {
  return {
    exceptionId: derivedId(`${SERVICE}/${hold.kind}`, `${subject.instance}/${subject.accountId}`),
    kind: hold.kind,
    severity: 'WARNING',
    service: SERVICE,
    objectType: 'customer',
    objectId: subject.customerId,
    message: hold.message,
    details: hold.details,
    raisedAt: since,
  };
}

export function raised(subject: Subject, hold: Hold, since: string, now: string): ExceptionState {
  return { ...exceptionOf(subject, hold, since), status: 'OPEN', updatedAt: now, resolution: null };
}

export function resolved(subject: Subject, hold: Hold, since: string, now: string): ExceptionState {
  const resolution = 'The account can be published: the cause is gone in the CRM.';
  return { ...exceptionOf(subject, hold, since), status: 'RESOLVED', updatedAt: now, resolution };
}

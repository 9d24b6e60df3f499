import { derivedId, joinKey, type Exception } from '@tieout/canonical';

export const SERVICE = 'erp-adapter';
export type CaseState = Omit<Exception, 'revision'>;

/** What a case is about. `objectId` is canonical where there is one. */
export interface Subject {
  readonly instance: string;
  readonly objectType: string;
  readonly vendorId: string;
  readonly objectId: string;
}

/** What is wrong now. */
export interface Finding {
  readonly kind: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

export function objectKey({ instance, objectType, vendorId }: Subject): string {
  return joinKey([instance, objectType, vendorId]);
}

/** One case per object and kind: found again it is the same case, reopened. */
export function caseId(subject: Subject, kind: string): string {
  return derivedId(`${SERVICE}/${kind}`, objectKey(subject));
}

/** The case after a finding, or null when nothing about it is new. */
export function raise(known: CaseState | undefined, subject: Subject, finding: Finding, now: string): CaseState | null {
  if (known?.status === 'OPEN' && known.message === finding.message) return null;
  return {
    exceptionId: caseId(subject, finding.kind),
    kind: finding.kind,
    status: 'OPEN',
    severity: 'WARNING',
    service: SERVICE,
    objectType: subject.objectType,
    objectId: subject.objectId,
    message: finding.message,
    details: { ...finding.details, vendorId: subject.vendorId },
    raisedAt: known?.status === 'OPEN' ? known.raisedAt : now,
    updatedAt: now,
    resolution: null,
  };
}

export function resolve(known: CaseState, resolution: string, now: string): CaseState {
  return { ...known, status: 'RESOLVED', updatedAt: now, resolution };
}

import { joinKey } from '@tieout/canonical';
import type { Examination, NewException } from '@tieout/messaging';

export const SERVICE = 'erp-adapter';

/** What a case is about. `objectId` is canonical where there is one. */
export interface Subject {
  readonly instance: string;
  readonly objectType: string;
  readonly vendorId: string;
  readonly objectId: string;
}

/** What is wrong now. */
export type Finding = Pick<NewException, 'kind' | 'message' | 'details' | 'atStake' | 'cure'>;

/** What was found about an object just now: null means that it is in order. */
export interface Examined {
  readonly subject: Subject;
  readonly finding: Finding | null;
}

/** One case per object and kind. */
export function caseOf(subject: Subject, kind: string): Pick<NewException, 'kind' | 'subject'> {
  const { instance, objectType, vendorId } = subject;
  return { kind, subject: joinKey([instance, objectType, vendorId]) };
}

/** What follows for the cases of these objects; what is said last of an object counts. */
export function examination(
  examined: readonly Examined[],
  { kinds, resolution }: Pick<Examination, 'kinds' | 'resolution'>,
): Examination {
  const last = new Map(examined.map((one) => [caseOf(one.subject, '').subject, one]));
  return {
    objects: [...last.values()].map(({ subject: { objectType, objectId } }) => ({ objectType, objectId })),
    // One customer may stand in several ERPs: a look at one says nothing about the others.
    subjects: [...last.keys()],
    kinds,
    found: [...last.values()].flatMap(({ subject, finding }) => (finding ? [exceptionOf(subject, finding)] : [])),
    resolution,
  };
}

function exceptionOf(subject: Subject, finding: Finding): NewException {
  const { instance, objectType, objectId, vendorId } = subject;
  return {
    ...finding,
    ...caseOf(subject, finding.kind),
    objectType,
    objectId,
    details: { ...finding.details, vendorId, instance },
  };
}

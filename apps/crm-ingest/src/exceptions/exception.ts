import type { Examination, NewException } from '@tieout/messaging';

/** Whom a hold is about. */
export interface Subject {
  readonly instance: string;
  /** Canonical type, as exceptions name it. */
  readonly objectType: string;
  readonly objectId: string;
  readonly recordId: string;
}

/** Why a record is held out; `kind` is the kind of the exception. */
export interface Hold {
  readonly kind: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

/** A record that was looked at; null: nothing holds it out. */
export interface Examined {
  readonly subject: Subject;
  readonly hold: Hold | null;
}

/** One case per record and kind: held out again it is the same case, reopened. */
export function exceptionOf({ instance, objectType, objectId, recordId }: Subject, hold: Hold): NewException {
  return { ...hold, subject: `${instance}/${recordId}`, objectType, objectId };
}

/** What follows for the cases of these records of one type, whatever held them out before. */
export function examination(examined: readonly Examined[], kinds: readonly string[]): Examination {
  return {
    objects: examined.map(({ subject: { objectType, objectId } }) => ({ objectType, objectId })),
    kinds,
    found: examined.flatMap(({ subject, hold }) => (hold ? [exceptionOf(subject, hold)] : [])),
    resolution: `The ${examined[0]?.subject.objectType ?? 'record'} can be published: the cause is gone in the CRM.`,
  };
}

import { derivedId, type Exception } from '@tieout/canonical';

export const SERVICE = 'crm-ingest';
export type ExceptionState = Omit<Exception, 'revision'>;

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
/** A hold that is known, with its beginning. */
export type Held = Hold & { readonly since: string };

/** One case per record and kind: raised again it is the same case, reopened. */
function exceptionOf(
  { instance, objectType, objectId, recordId }: Subject,
  hold: Hold,
  since: string,
): Omit<ExceptionState, 'status' | 'updatedAt' | 'resolution'> {
  return {
    exceptionId: derivedId(`${SERVICE}/${hold.kind}`, `${instance}/${recordId}`),
    kind: hold.kind,
    severity: 'WARNING',
    service: SERVICE,
    objectType,
    objectId,
    message: hold.message,
    details: hold.details,
    raisedAt: since,
  };
}

export function raised(subject: Subject, { since, ...hold }: Held, now: string): ExceptionState {
  return { ...exceptionOf(subject, hold, since), status: 'OPEN', updatedAt: now, resolution: null };
}

export function resolved(subject: Subject, { since, ...hold }: Held, now: string): ExceptionState {
  const resolution = `The ${subject.objectType} can be published: the cause is gone in the CRM.`;
  return { ...exceptionOf(subject, hold, since), status: 'RESOLVED', updatedAt: now, resolution };
}

/** What follows for a record's case: a cause that goes on keeps its beginning and is told again only with other words. */
export function transition(
  subject: Subject,
  before: Held | null,
  hold: Hold | null,
  now: string,
): { readonly held: Held | null; readonly exceptions: readonly ExceptionState[] } {
  const goesOn = before !== null && before.kind === hold?.kind;
  const held = hold === null ? null : { ...hold, since: goesOn ? before.since : now };
  const over = before !== null && !goesOn ? [resolved(subject, before, now)] : [];
  const news = held !== null && !(goesOn && before.message === held.message);
  return { held, exceptions: news ? [...over, raised(subject, held, now)] : over };
}

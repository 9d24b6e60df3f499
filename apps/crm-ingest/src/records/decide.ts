import { crossReferenceId, type CrossReference, type Source } from '@tieout/canonical';
import type { Mapped, MappingProblem } from '@tieout/connector-salesforce';
import type { Hold, Subject } from '../exceptions/exception.ts';

/** What every state that comes of a record has. */
export interface RecordState {
  readonly lifecycle: string;
  readonly source: Source;
}

/** What is stored of a record. */
export interface StoredRecord<S> {
  readonly recordId: string;
  /** Last state that was published. */
  readonly value: S | null;
  /** Whether the topic has it, also when this row is new: a database that was lost knows by the revisions read back. */
  readonly onTopic: boolean;
}

/** What a reading by id found. */
export type Found<S> =
  | { readonly kind: 'record'; readonly deleted: boolean; readonly mapped: Mapped<S> }
  /** It is known of and is not even in the recycle bin. */
  | { readonly kind: 'purged' };

/** What follows for one record. */
export interface RecordDecision<S> {
  /** State to publish; null when there is none, or none that is news to anybody. */
  readonly publish: S | null;
  /** Why it is held out; null when it is not. */
  readonly hold: Hold | null;
}

/**
 * A record that cannot be mapped stays on the topic as it was and is a case until a reading can be mapped. A deletion is the
 * last state with its lifecycle changed, told only to those who have seen the record.
 */
export function decideRecord<S extends RecordState>(
  subject: Subject,
  known: StoredRecord<S>,
  found: Found<S>,
): RecordDecision<S> {
  const refused = found.kind === 'record' && !found.deleted && found.mapped.kind === 'refused';
  const hold = refused && found.mapped.kind === 'refused' ? holdOf(subject, found.mapped.problem) : null;
  return { publish: stateOf(known, found), hold };
}

function stateOf<S extends RecordState>(known: StoredRecord<S>, found: Found<S>): S | null {
  const mapped = found.kind === 'record' && found.mapped.kind === 'mapped' ? found.mapped.value : null;
  if (found.kind === 'record' && !found.deleted) return mapped;
  if (!known.onTopic) return null;
  return known.value === null ? mapped : { ...known.value, lifecycle: 'DELETED' };
}

export function holdOf({ recordId }: Subject, { code, field, value, message }: MappingProblem): Hold {
  return { kind: code, message, details: { recordId, field, value } };
}

export function crossReferenceOf(
  { instance, objectType, objectId, recordId }: Subject,
  { lifecycle, source }: RecordState,
): Omit<CrossReference, 'revision'> {
  return {
    crossReferenceId: crossReferenceId(objectType, 'salesforce', instance, recordId),
    type: objectType,
    system: 'salesforce',
    instance,
    vendorId: recordId,
    canonicalId: objectId,
    status: lifecycle === 'DELETED' ? 'RETIRED' : 'ACTIVE',
    aliasOf: null,
    source,
  };
}

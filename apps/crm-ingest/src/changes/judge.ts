import {
  EVENT_FIELDS,
  isEntity,
  isRecordId,
  type Arrival,
  type ChangeEvent,
  type EntityName,
} from '@tieout/connector-salesforce';
import type { SweepReason } from './cursor.ts';

/** What an event asks for. */
export type Verdict =
  /** Its records are to be read again by id. */
  | {
      readonly kind: 'read';
      readonly entity: EntityName;
      readonly ids: readonly string[];
      readonly gap: boolean;
      readonly committedAt: Date;
      /** Of a contract line, when the event says it. */
      readonly contractId: string | null;
    }
  /** It does not say which records; null: nor of which entity. */
  | {
      readonly kind: 'sweep';
      readonly entity: EntityName | null;
      readonly reason: SweepReason;
      readonly from: string | null;
    }
  | { readonly kind: 'unchanged-fields'; readonly entity: EntityName }
  | { readonly kind: 'unknown-entity'; readonly entity: string };

/** Decides from the event alone; the records themselves are read again, so what it says about their values does not matter. */
export function judge(event: NonNullable<Arrival['event']>): Verdict {
  if ('unreadable' in event) return { kind: 'sweep', entity: null, reason: 'unreadable', from: null };
  const { entity, recordIds, changeType, committedAt, contractId } = event;
  if (!isEntity(entity)) return { kind: 'unknown-entity', entity };
  const from = committedAt.toISOString();
  if (changeType === 'GAP_OVERFLOW') return { kind: 'sweep', entity, reason: 'gap-overflow', from };
  if (recordIds.length === 0 || !recordIds.every(isRecordId))
    return { kind: 'sweep', entity, reason: 'wildcard', from };
  if (touchesNothing(event, entity)) return { kind: 'unchanged-fields', entity };
  return { kind: 'read', entity, ids: recordIds, gap: changeType.startsWith('GAP_'), committedAt, contractId };
}

/** An update of fields that nothing is mapped from. One that names no field at all says nothing, so it is read. */
function touchesNothing({ changeType, changedFields }: ChangeEvent, entity: EntityName): boolean {
  if (changeType !== 'UPDATE' || changedFields.length === 0) return false;
  const mapped = EVENT_FIELDS[entity];
  return !changedFields.some((field) => mapped.has(field.split('.')[0] ?? ''));
}

import { fieldsOf, type EventField } from './bitmap.ts';

export const CHANGE_TYPES = [
  'CREATE',
  'UPDATE',
  'DELETE',
  'UNDELETE',
  'GAP_CREATE',
  'GAP_UPDATE',
  'GAP_DELETE',
  'GAP_UNDELETE',
  'GAP_OVERFLOW',
] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** What a change event says of records: which, how and when. The records themselves are read again. */
export interface ChangeEvent {
  /** Type of the records by its API name; also of types that we do not know. */
  readonly entity: string;
  /** One change made to several records, or prefixes with `*` for records that are not named. */
  readonly recordIds: readonly string[];
  readonly changeType: ChangeType;
  /** By the org's clock. */
  readonly committedAt: Date;
  /** Fields that an UPDATE touched, parts of compounds as `BillingAddress.City`; empty when that is not known. */
  readonly changedFields: readonly string[];
  /** `Contract__c` when the event has it: on CREATE, and when it was changed. */
  readonly contractId: string | null;
}

const text = { type: 'array', items: 'string' };
/** Schema of the header, which is the first field of every change event, whatever its entity. */
export const HEADER_SCHEMA = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', type: text },
    { name: 'changeType', type: { type: 'enum', name: 'ChangeType', symbols: [...CHANGE_TYPES] } },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    { name: 'nulledFields', type: text },
    { name: 'diffFields', type: text },
    { name: 'changedFields', type: text },
  ],
} as const;

/** Header as it is decoded: longs are bigint. */
interface Header {
  readonly entityName: string;
  readonly recordIds: readonly string[];
  readonly changeType: string;
  readonly commitTimestamp: bigint;
  readonly nulledFields: readonly string[];
  readonly diffFields: readonly string[];
  readonly changedFields: readonly string[];
}

/** `fields` are those of the writer's schema; null when nobody knows it. @throws RangeError when it is no change event */
export function toChangeEvent(
  decoded: Readonly<Record<string, unknown>>,
  fields: readonly EventField[] | null,
): ChangeEvent {
  const header = decoded['ChangeEventHeader'] as Header | undefined;
  if (header === undefined) throw new RangeError('an event without ChangeEventHeader');
  const { entityName: entity, recordIds, changeType } = header;
  if (!isChangeType(changeType)) throw new RangeError(`change type ${changeType}`);
  const contractId = decoded['Contract__c'];
  const touched = [...header.changedFields, ...header.nulledFields, ...header.diffFields];
  return {
    entity,
    recordIds,
    changeType,
    committedAt: new Date(Number(header.commitTimestamp)),
    changedFields: changeType === 'UPDATE' && fields !== null ? namesOf(touched, fields) : [],
    contractId: typeof contractId === 'string' ? contractId : null,
  };
}

/** A bitmap of another schema says nothing, and then the record is read. */
function namesOf(bitmaps: readonly string[], fields: readonly EventField[]): readonly string[] {
  try {
    return [...new Set(fieldsOf(bitmaps, fields))];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function isChangeType(text: string): text is ChangeType {
  return (CHANGE_TYPES as readonly string[]).includes(text);
}

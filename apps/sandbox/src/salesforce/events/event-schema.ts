import { createHash } from 'node:crypto';
import type { Field, FieldKind, SObject } from '../objects/field.ts';
import { ADDRESS_PARTS, eventName, layoutOf } from './event-layout.ts';

/** The writer's schema of an entity's change events; the id names the content. */
export interface EventSchema {
  readonly id: string;
  readonly json: string;
}

const CHANGE_TYPES = [
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
/** What an event can report; GAP_ says only that something happened, GAP_OVERFLOW not even to which record. */
export type EventType = (typeof CHANGE_TYPES)[number];
export const EVENT_TYPES: readonly EventType[] = CHANGE_TYPES;

const strings = { type: 'array', items: 'string' };
const HEADER = {
  name: 'ChangeEventHeader',
  type: {
    type: 'record',
    name: 'ChangeEventHeader',
    fields: [
      { name: 'entityName', type: 'string' },
      { name: 'recordIds', type: strings },
      { name: 'changeType', type: { type: 'enum', name: 'ChangeType', symbols: CHANGE_TYPES } },
      { name: 'changeOrigin', type: 'string' },
      { name: 'transactionKey', type: 'string' },
      { name: 'sequenceNumber', type: 'int' },
      { name: 'commitTimestamp', type: 'long' },
      { name: 'commitNumber', type: 'long' },
      { name: 'commitUser', type: 'string' },
      { name: 'nulledFields', type: strings },
      { name: 'diffFields', type: strings },
      { name: 'changedFields', type: strings },
    ],
  },
  doc: 'Data:ComplexValueType',
};

/** Dates and instants are epoch milliseconds without a logical type; amounts are doubles. */
const AVRO: Readonly<Record<FieldKind, readonly [type: string, doc: string]>> = {
  id: ['string', 'Data:EntityId'],
  reference: ['string', 'ForeignKey:EntityId'],
  string: ['string', 'Data:Text'],
  picklist: ['string', 'Data:DynamicEnum'],
  boolean: ['boolean', 'Data:Boolean'],
  date: ['long', 'Data:DateOnly'],
  datetime: ['long', 'Data:DateTime'],
  currency: ['double', 'Data:Currency'],
  number: ['double', 'Data:Double'],
  percent: ['double', 'Data:Percent'],
  int: ['int', 'Data:Integer'],
};

const optional = (name: string, ...types: readonly unknown[]) => ({ name, type: ['null', ...types], default: null });
const NAME_PARTS = ['Salutation', 'FirstName', 'LastName', 'MiddleName', 'InformalName', 'Suffix'];
const PERSON_NAME = {
  type: 'record',
  name: 'Switchable_PersonName',
  fields: NAME_PARTS.map((part) => optional(part, 'string')),
};
const ADDRESS = {
  type: 'record',
  name: 'Address',
  fields: ADDRESS_PARTS.map((part) => optional(part, /^L.*itude$/.test(part) ? 'double' : 'string')),
};

export function eventSchema(object: SObject): EventSchema {
  let addressDefined = false;
  const fields = layoutOf(object).map((entry) => {
    if ('field' in entry) return simpleField(object, entry.name, object.fields[entry.field]!);
    // Defined where it stands first, from then on referred to by its name.
    const type = addressDefined ? 'Address' : ADDRESS;
    addressDefined = true;
    return { ...optional(entry.name, type), doc: 'Data:Address' };
  });
  return recordSchema(object.name, fields);
}

/** Of an entity of which this org knows nothing but its name. */
export function headerSchema(entity: string): EventSchema {
  return recordSchema(entity, []);
}

function simpleField(object: SObject, name: string, { kind }: Field): object {
  if (name === 'Name' && object.personName)
    return { ...optional(name, 'string', PERSON_NAME), doc: 'Data:Switchable_PersonName' };
  const [type, doc] = AVRO[kind];
  return { ...optional(name, type), doc };
}

function recordSchema(entity: string, fields: readonly object[]): EventSchema {
  const json = JSON.stringify({
    type: 'record',
    name: eventName(entity),
    namespace: 'com.sforce.eventbus',
    fields: [HEADER, ...fields],
  });
  return { id: createHash('md5').update(json).digest('base64url'), json };
}

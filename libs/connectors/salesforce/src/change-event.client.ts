import { compileSchema, DataError, errorMessage } from '@tieout/messaging';
import type { EventField } from './bitmap.ts';
import { HEADER_SCHEMA, toChangeEvent, type ChangeEvent } from './change-event.ts';

type Type = ReturnType<typeof compileSchema>;

/** Reads the payloads of one writer's schema. @throws DataError `salesforce-event` for bytes that are no change event */
export type EventReader = (payload: Uint8Array) => ChangeEvent;

/** @throws DataError `salesforce-schema` for text that is no Avro schema */
export function createEventReader(schemaJson: string): EventReader {
  const type = compiled(schemaJson);
  const fields = fieldsOfType(type).map(({ name, type: fieldType }) => ({
    name,
    parts: partsOf(fieldType),
  })) satisfies EventField[];
  return reader((payload) => toChangeEvent(type.fromBuffer(Buffer.from(payload)) as Record<string, unknown>, fields));
}

/** Reads the header alone, for events that come without the id of their schema: what changed is then not known. */
export function createHeaderReader(): EventReader {
  const type = compileSchema(HEADER_SCHEMA as unknown as Parameters<typeof compileSchema>[0]);
  return reader((payload) => {
    const header = type.decode(Buffer.from(payload), 0) as { readonly value: unknown; readonly offset: number };
    if (header.offset < 0) throw new RangeError('the header ends early');
    return toChangeEvent({ ChangeEventHeader: header.value }, null);
  });
}

function reader(read: EventReader): EventReader {
  return (payload) => {
    try {
      return read(payload);
    } catch (cause) {
      throw new DataError('salesforce-event', `A change event cannot be read: ${errorMessage(cause)}`, { cause });
    }
  };
}

function compiled(schemaJson: string): Type {
  try {
    return compileSchema(JSON.parse(schemaJson) as Parameters<typeof compileSchema>[0]);
  } catch (cause) {
    throw new DataError('salesforce-schema', `The schema of an event cannot be read: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

interface TypeField {
  readonly name: string;
  readonly type: Type;
}

function fieldsOfType(type: Type): readonly TypeField[] {
  return 'fields' in type ? (type.fields as readonly TypeField[]) : [];
}

/** Parts of a compound, whichever branch of the union it is: a person's name is text or a record. */
function partsOf(type: Type): readonly string[] {
  const branches = 'types' in type ? (type.types as readonly Type[]) : [type];
  return branches.flatMap(fieldsOfType).map(({ name }) => name);
}

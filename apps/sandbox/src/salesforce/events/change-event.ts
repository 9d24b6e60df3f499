import type { Field, SObject } from '../objects/field.ts';
import type { Row } from '../record-json.ts';
import type { Change } from '../write.ts';
import { bitmaps, layoutOf, type EventField } from './event-layout.ts';
import type { EventType } from './event-schema.ts';

/** A change event before its transaction stamps it. */
export interface EventDraft {
  readonly entity: string;
  /** Undefined for an entity that this org does not know. */
  readonly object: SObject | undefined;
  readonly changeType: EventType;
  readonly recordIds: readonly string[];
  readonly nulledFields: readonly string[];
  readonly changedFields: readonly string[];
  /** Values of the event's fields, compounds as objects; those left out are null. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What an event says of a change: everything for a new record, what changed for an update, nothing for a deletion. */
export function draftOf({ object, type, before, after, ids }: Change): EventDraft {
  const layout = layoutOf(object);
  const shown = shownFields(object, { type, before, after });
  const nulled = type === 'UPDATE' ? shown.filter((name) => columnOf(after, object, name) === null) : [];
  return {
    entity: object.name,
    object,
    changeType: type,
    recordIds: ids ?? [String(after['id'])],
    nulledFields: bitmaps(layout, new Set(nulled)),
    changedFields: type === 'UPDATE' ? bitmaps(layout, new Set(shown)) : [],
    values: eventValues(object, layout, new Map(shown.map((name) => [name, columnOf(after, object, name)]))),
  };
}

/** An event of which only the header says something. */
export function headerDraft(
  entity: string,
  object: SObject | undefined,
  changeType: EventType,
  recordIds: readonly string[],
): EventDraft {
  return { entity, object, changeType, recordIds, nulledFields: [], changedFields: [], values: {} };
}

const columnOf = (row: Row, object: SObject, name: string): unknown => row[object.fields[name]!.column] ?? null;

function shownFields(object: SObject, { type, before, after }: Pick<Change, 'type' | 'before' | 'after'>): string[] {
  if (type === 'DELETE') return [];
  const captured = Object.keys(object.fields).filter((name) => object.fields[name]!.captured);
  if (before === null) return captured.filter((name) => columnOf(after, object, name) !== null);
  return captured.filter(
    (name) =>
      name === 'LastModifiedDate' ||
      comparable(object.fields[name]!, columnOf(before, object, name)) !==
        comparable(object.fields[name]!, columnOf(after, object, name)),
  );
}

/** Equal values are equal: an amount that only got another zero did not change. */
function comparable({ kind }: Field, value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  const decimal = kind === 'currency' || kind === 'number' || kind === 'percent';
  return decimal && typeof value === 'string' && value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

function eventValues(
  object: SObject,
  layout: readonly EventField[],
  shown: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const entry of layout) {
    if ('field' in entry) {
      if (shown.has(entry.field)) values[entry.name] = avroValue(object.fields[entry.field]!, shown.get(entry.field));
      continue;
    }
    const parts = Object.entries(entry.parts).filter(([, field]) => shown.has(field));
    if (parts.length > 0)
      values[entry.name] = Object.fromEntries(parts.map(([part, field]) => [part, shown.get(field)]));
  }
  return values;
}

function avroValue({ kind }: Field, value: unknown): unknown {
  if (value === null) return null;
  if (value instanceof Date) return value.getTime();
  switch (kind) {
    case 'date':
    case 'datetime':
      return Date.parse(String(value));
    case 'currency':
    case 'number':
    case 'percent':
    case 'int':
      return Number(value);
    default:
      return value;
  }
}

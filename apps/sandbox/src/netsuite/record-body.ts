import { isObject, NumberText, type ExactJson } from './exact-json.ts';
import { invalidContent, NetSuiteProblem } from './problem.ts';
import { lineNames, type Field, type RecordType, type TableName } from './record-types.ts';

export interface Reference {
  readonly to: TableName;
  readonly by: 'id' | 'externalid';
  readonly value: string;
  readonly path: string;
}

/** One line of a sublist, still as sent. */
export type Line = { readonly [key: string]: ExactJson };

/** A write, checked against its record type: column values as text, references unresolved, sublists apart. */
export interface RecordWrite {
  readonly values: ReadonlyMap<string, string | null>;
  readonly references: ReadonlyMap<string, Reference>;
  readonly sublists: ReadonlyMap<string, readonly Line[]>;
}

export type NameValidation = 'Warning' | 'Error' | 'Ignore';

/** An unknown name is dropped without a word unless the caller asked for `Error`: NetSuite's most expensive default. */
export function readWrite(type: RecordType, body: ExactJson, validation: NameValidation): RecordWrite {
  if (!isObject(body)) throw invalidContent('Invalid content in the request body. An object is expected.');
  const values = new Map<string, string | null>();
  const references = new Map<string, Reference>();
  const sublists = new Map<string, readonly Line[]>();
  for (const [name, value] of Object.entries(body)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const sublist = type.sublists.find((s) => s === name);
    if (field?.kind === 'ref' && value !== null && !field.readOnly)
      references.set(field.column, readReference(name, value, field.to!));
    else if (field && !field.readOnly) values.set(field.column, readValue(name, field, value));
    else if (sublist) sublists.set(sublist, readLines(type, sublist, value, validation));
    else if (!field && name !== 'id' && name !== 'links' && validation === 'Error')
      throw unknownField(type.name, name, name);
  }
  return { values, references, sublists };
}

function unknownField(record: string, name: string, path: string): NetSuiteProblem {
  const detail = `Unknown reference or field '${name}' on record '${record}'.`;
  return new NetSuiteProblem(400, 'NONEXISTENT_FIELD', detail, path);
}

export function readReference(path: string, value: ExactJson, to: TableName): Reference {
  const id = isObject(value) ? scalar(value['id']) : scalar(value);
  if (id !== null) return { to, by: 'id', value: id, path };
  const externalId = isObject(value) ? scalar(value['externalId']) : null;
  if (externalId !== null) return { to, by: 'externalid', value: externalId, path };
  throw invalidContent(`Invalid value for the reference field '${path}'. Provide id or externalId.`, path);
}

function scalar(value: ExactJson | undefined): string | null {
  if (value instanceof NumberText) return value.text;
  return typeof value === 'string' && value !== '' ? value : null;
}

function readLines(
  type: RecordType,
  name: RecordType['sublists'][number],
  value: ExactJson,
  validation: NameValidation,
): readonly Line[] {
  const items = isObject(value) ? value['items'] : undefined;
  if (!Array.isArray(items) || !items.every(isObject)) {
    throw invalidContent(`Invalid content of the sublist '${name}'. An object with items is expected.`, name);
  }
  items.forEach((line, n) => {
    const unknown = Object.keys(line).find((key) => !lineNames[name].includes(key));
    if (unknown !== undefined && validation === 'Error')
      throw unknownField(`${type.name}.${name}`, unknown, `${name}.items[${n}].${unknown}`);
  });
  return items;
}

function readValue(name: string, field: Field, value: ExactJson): string | null {
  if (value === null) return null;
  if (field.kind === 'boolean') return String(readBoolean(name, value));
  if (field.kind === 'number') return readNumber(name, value);
  const text = isObject(value) ? scalar(value['id']) : scalar(value);
  if (field.kind === 'date') return readDate(name, text ?? '');
  if (text !== null && text.length > 4000) throw invalidContent(`The value of '${name}' is too long.`, name);
  return text;
}

export function readBoolean(name: string, value: ExactJson): boolean {
  if (value === true || value === false) return value;
  if (value === 'T' || value === 'F') return value === 'T';
  throw invalidContent(`Invalid value for the field '${name}'. A boolean is expected.`, name);
}

/** Decimal text exactly as sent; an exponent or more digits than any amount has is refused. */
export function readNumber(name: string, value: ExactJson): string {
  const text = value instanceof NumberText ? value.text : typeof value === 'string' ? value : '';
  if (!/^-?\d{1,20}(\.\d{1,12})?$/.test(text)) {
    throw invalidContent(`Invalid value for the field '${name}'. A number is expected.`, name);
  }
  return text;
}

export function readDate(name: string, text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) {
    throw invalidContent(`Invalid value for the field '${name}'. A date (YYYY-MM-DD) is expected.`, name);
  }
  return text;
}

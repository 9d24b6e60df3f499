import { isComplex, isNullable, isUnion, walkSchema, withoutNull } from './avro-schema.ts';
import type { AvroRecord, AvroSchema } from './avro-schema.ts';

/**
 * The value that a sample stands for: longs become bigint (from a number or, beyond 2^53, a text), bytes come from base64.
 * @throws with the path of the first thing that is not as the schema says; also of a name that the schema does not have
 */
export function fromSample(schema: AvroRecord, sample: unknown): unknown {
  const names = new Map<string, AvroSchema>();
  for (const { schema: each } of walkSchema(schema))
    if (isComplex(each, 'record') || isComplex(each, 'enum')) names.set(each.name, each);
  return read(schema, sample, '', names);
}

function read(type: AvroSchema, json: unknown, path: string, names: ReadonlyMap<string, AvroSchema>): unknown {
  if (json === null && isNullable(type)) return null;
  const plain = withoutNull(type);
  const schema = typeof plain === 'string' ? (names.get(plain) ?? plain) : plain;
  if (isComplex(schema, 'record')) return readRecord(schema, json, path, names);
  if (isComplex(schema, 'array'))
    return asArray(json, path).map((item, n) => read(schema.items, item, `${path}[${n}]`, names));
  if (isComplex(schema, 'map'))
    return Object.fromEntries(
      Object.entries(asObject(json, path)).map(([key, value]) => [
        key,
        read(schema.values, value, `${path}.${key}`, names),
      ]),
    );
  return readLeaf(schema, json, path);
}

function readRecord(schema: AvroRecord, json: unknown, path: string, names: ReadonlyMap<string, AvroSchema>): unknown {
  const object = asObject(json, path);
  const known = new Set(schema.fields.map(({ name }) => name));
  const unknown = Object.keys(object).find((key) => !known.has(key));
  if (unknown !== undefined) throw new Error(`${at(path, unknown)} is not in the schema`);
  return Object.fromEntries(
    schema.fields.map((field) => {
      if (!(field.name in object)) throw new Error(`${at(path, field.name)} is missing`);
      return [field.name, read(field.type, object[field.name], at(path, field.name), names)];
    }),
  );
}

function readLeaf(schema: AvroSchema, json: unknown, path: string): unknown {
  if (isUnion(schema) || (typeof schema === 'object' && 'logicalType' in schema)) return json;
  const type = typeof schema === 'string' ? schema : schema.type;
  if (type === 'long' && (Number.isSafeInteger(json) || typeof json === 'string'))
    return BigInt(json as number | string);
  if (type === 'bytes' && typeof json === 'string') return Buffer.from(json, 'base64');
  if (type === 'long' || type === 'bytes') throw new Error(`${path} is not a ${type}`);
  return json;
}

function asArray(json: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error(`${path} is not an array`);
  return json;
}

function asObject(json: unknown, path: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error(`${path === '' ? 'the sample' : path} is not an object`);
  return json as Record<string, unknown>;
}

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The part of Avro that our contracts use, as JSON. */
export type AvroSchema = string | readonly AvroSchema[] | AvroRecord | AvroEnum | AvroArray | AvroMap | AvroPrimitive;
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
}
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}
export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
  readonly default?: string;
  readonly doc?: string;
}
export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}
export interface AvroMap {
  readonly type: 'map';
  readonly values: AvroSchema;
}
export interface AvroPrimitive {
  readonly type: 'bytes' | 'int' | 'long' | 'string' | 'boolean' | 'double' | 'float';
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
}

/** One node of a schema; `path` is how a person names it: `lines[].net`, `billingAddress.city`. */
export interface SchemaNode {
  readonly path: string;
  readonly schema: AvroSchema;
  readonly field: AvroField | null;
}

export const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);

export function isComplex<K extends 'record' | 'enum' | 'array' | 'map'>(
  schema: AvroSchema,
  kind: K,
): schema is Extract<AvroSchema, { type: K }> {
  return typeof schema === 'object' && !isUnion(schema) && schema.type === kind;
}

export function isDecimal(schema: AvroSchema): schema is AvroPrimitive & { precision: number; scale: number } {
  return typeof schema === 'object' && !isUnion(schema) && 'logicalType' in schema && schema.logicalType === 'decimal';
}

/** The T of `["null", T]`, or the schema itself. */
export function withoutNull(schema: AvroSchema): AvroSchema {
  if (!isUnion(schema)) return schema;
  return schema.find((branch) => branch !== 'null') ?? 'null';
}

export const isNullable = (schema: AvroSchema): boolean => isUnion(schema) && schema.includes('null');

/** Every node under a schema in document order; a named type is entered where it is defined, not where it is referred to. */
export function* walkSchema(schema: AvroSchema, path = '', field: AvroField | null = null): Generator<SchemaNode> {
  yield { path, schema, field };
  if (isUnion(schema)) {
    for (const branch of schema) if (branch !== 'null') yield* walkSchema(branch, path);
  } else if (isComplex(schema, 'record')) {
    for (const each of schema.fields)
      yield* walkSchema(each.type, path === '' ? each.name : `${path}.${each.name}`, each);
  } else if (isComplex(schema, 'array')) {
    yield* walkSchema(schema.items, `${path}[]`);
  } else if (isComplex(schema, 'map')) {
    yield* walkSchema(schema.values, `${path}{}`);
  }
}

/** The type as people write it: `decimal(19,4)`, `timestamp-millis`, `array of InvoiceLine`. */
export function typeName(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return schema.map(typeName).join(' or ');
  if (isDecimal(schema)) return `decimal(${schema.precision},${schema.scale})`;
  if (schema.type === 'record' || schema.type === 'enum') return schema.name;
  if (schema.type === 'array') return `array of ${typeName(schema.items)}`;
  if (schema.type === 'map') return `map of ${typeName(schema.values)}`;
  return schema.logicalType ?? schema.type;
}

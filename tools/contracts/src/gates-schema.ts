import { isComplex, isDecimal, isNullable, isUnion, typeName, walkSchema, withoutNull } from './avro-schema.ts';
import type { AvroSchema, SchemaNode } from './avro-schema.ts';
import type { Problem } from './compatibility.ts';
import type { TopicContract } from './contracts.ts';

const AMOUNT = 'decimal(19,4)';
const RATE = 'decimal(28,10)';
const LOGICAL_TYPES = ['decimal', 'date', 'timestamp-millis'];

/** The rules of one schema by itself. */
export function schemaProblems(topic: TopicContract): readonly Problem[] {
  const { schema } = topic;
  return [
    ...recordName(topic),
    ...recursion(schema),
    ...[...walkSchema(schema)].flatMap((node) => [...nodeProblems(node)]),
    ...keyAndRevision(topic),
  ];
}

function* recordName({ name, file, schema }: TopicContract): Generator<Problem> {
  const expected = file
    .replace(/\.v\d+$/, '')
    .replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const namespace = `finance.${name.slice(name.lastIndexOf('.') + 1)}`;
  if (schema.name !== expected)
    yield { field: '', problem: `the record is called ${schema.name}, by its topic it is ${expected}` };
  if (schema.namespace !== namespace)
    yield { field: '', problem: `its namespace is ${schema.namespace ?? 'missing'}, by its topic it is ${namespace}` };
}

/** A type that contains itself has no end: not for a generator, a comparison or a table in a warehouse. */
function recursion(schema: AvroSchema, path = '', enclosing: readonly string[] = []): readonly Problem[] {
  if (typeof schema === 'string')
    return enclosing.includes(schema) ? [{ field: path, problem: `${schema} contains itself` }] : [];
  if (isUnion(schema)) return schema.flatMap((branch) => recursion(branch, path, enclosing));
  if (isComplex(schema, 'array')) return recursion(schema.items, `${path}[]`, enclosing);
  if (isComplex(schema, 'map')) return recursion(schema.values, `${path}{}`, enclosing);
  if (!isComplex(schema, 'record')) return [];
  return schema.fields.flatMap((field) =>
    recursion(field.type, path === '' ? field.name : `${path}.${field.name}`, [...enclosing, schema.name]),
  );
}

function* nodeProblems({ path, schema, field }: SchemaNode): Generator<Problem> {
  const problem = (text: string): Problem => ({ field: path, problem: text });
  if (field !== null && blank(field.doc)) yield problem('has no doc');
  if (isUnion(schema)) yield* unionProblems(schema, field?.default).map(problem);
  if (isComplex(schema, 'record') && blank(schema.doc)) yield problem(`record ${schema.name} has no doc`);
  if (isComplex(schema, 'enum') && (schema.default !== 'UNKNOWN' || !schema.symbols.includes('UNKNOWN')))
    yield problem(
      `enum ${schema.name} has no default UNKNOWN: a new symbol would make older readers fail on every record`,
    );
  if (isDecimal(schema) && ![AMOUNT, RATE].includes(typeName(schema)))
    yield problem(`is ${typeName(schema)}; amounts are ${AMOUNT}, prices, quantities and rates ${RATE}`);
  yield* leafProblems(schema).map(problem);
  const id = /(^id|Id)$/.test(field?.name ?? '') ? withoutNull(schema) : 'string';
  if (id !== 'string') yield problem(`is an id of type ${typeName(id)}; ids are strings`);
}

function unionProblems(union: readonly AvroSchema[], fallback: unknown): string[] {
  const problems: string[] = [];
  if (union.length !== 2 || union[0] !== 'null')
    problems.push(`is the union ${typeName(union)}; only ["null", T] is allowed`);
  else if (fallback !== null) problems.push('is optional without default null');
  return problems;
}

function leafProblems(schema: AvroSchema): string[] {
  if (isUnion(schema)) return [];
  const type = typeof schema === 'string' ? schema : schema.type;
  if (type === 'double' || type === 'float') return [`is ${type}; binary floating point is not exact`];
  if (typeof schema === 'object' && 'logicalType' in schema && !LOGICAL_TYPES.includes(schema.logicalType ?? ''))
    return [`has the logical type ${String(schema.logicalType)}; known are ${LOGICAL_TYPES.join(', ')}`];
  return [];
}

function* keyAndRevision({ kind, key, schema, ownership }: TopicContract): Generator<Problem> {
  const fields = new Map(schema.fields.map((field) => [field.name, field.type]));
  if (key !== 'origin' && fields.get(key) !== 'string')
    yield { field: key, problem: 'is the record key, so it must be a mandatory string field' };
  if (kind === 'state' && fields.get('revision') !== 'long')
    yield { field: 'revision', problem: 'is missing: a state topic orders by a long revision' };
  const source = fields.get('source');
  const fromVendor = Object.keys(ownership).some((system) => system !== 'tieout');
  if (kind === 'state' && fromVendor && (source === undefined || isNullable(source)))
    yield { field: 'source', problem: 'is missing: a state that a system owns says where it comes from' };
}

/** A name that two topics define differently gives two classes of one name to whoever generates code from both. */
export function sharedTypeProblems(topics: readonly TopicContract[]): readonly { file: string; problem: Problem }[] {
  const first = new Map<string, { file: string; text: string }>();
  return topics.flatMap(({ file, schema }) =>
    [...walkSchema(schema)].flatMap(({ path, schema: type }) => {
      if (!isComplex(type, 'record') && !isComplex(type, 'enum')) return [];
      const name = `${schema.namespace ?? ''}.${type.name}`;
      const text = JSON.stringify(type);
      const known = first.get(name);
      if (known === undefined) first.set(name, { file, text });
      if (known === undefined || known.text === text) return [];
      return [{ file, problem: { field: path, problem: `defines ${name} differently from ${known.file}.avsc` } }];
    }),
  );
}

const blank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

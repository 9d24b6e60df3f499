import { isComplex, isDecimal, isNullable, isUnion, typeName, walkSchema, withoutNull } from './avro-schema.ts';
import type { AvroEnum, AvroField, AvroRecord, AvroSchema } from './avro-schema.ts';

/** One thing that is wrong; `field` is a path as in `lines[].net`, empty when the whole is meant. */
export interface Problem {
  readonly field: string;
  readonly problem: string;
}

type Names = ReadonlyMap<string, AvroSchema>;
interface Sides {
  readonly old: Names;
  readonly now: Names;
}

/**
 * Why readers of one version could not read records of the other, in both directions (FULL compatibility), plus what Avro
 * and the registries accept though it corrupts: another decimal scale or precision, a removed enum symbol.
 */
export function incompatibilities(old: AvroRecord, now: AvroRecord): readonly Problem[] {
  return [...compareTypes(old, now, '', { old: namesOf(old), now: namesOf(now) })];
}

function namesOf(schema: AvroSchema): Names {
  const names = new Map<string, AvroSchema>();
  for (const { schema: each } of walkSchema(schema))
    if (isComplex(each, 'record') || isComplex(each, 'enum')) names.set(each.name, each);
  return names;
}

function* compareTypes(oldType: AvroSchema, newType: AvroSchema, field: string, sides: Sides): Generator<Problem> {
  if (isNullable(oldType) !== isNullable(newType))
    yield {
      field,
      problem: isNullable(newType)
        ? 'became optional: older readers fail on null'
        : 'became mandatory: older records may have null',
    };
  const before = resolve(withoutNull(oldType), sides.old);
  const after = resolve(withoutNull(newType), sides.now);
  if (isComplex(before, 'record') && isComplex(after, 'record')) yield* compareRecords(before, after, field, sides);
  else if (isComplex(before, 'enum') && isComplex(after, 'enum')) yield* compareEnums(before, after, field);
  else if (isComplex(before, 'array') && isComplex(after, 'array'))
    yield* compareTypes(before.items, after.items, `${field}[]`, sides);
  else if (isComplex(before, 'map') && isComplex(after, 'map'))
    yield* compareTypes(before.values, after.values, `${field}{}`, sides);
  else yield* compareLeaves(before, after, field);
}

function resolve(schema: AvroSchema, names: Names): AvroSchema {
  return typeof schema === 'string' ? (names.get(schema) ?? schema) : schema;
}

function* compareLeaves(before: AvroSchema, after: AvroSchema, field: string): Generator<Problem> {
  const [from, to] = [leafName(before), leafName(after)];
  if (from === to) return;
  const decimals = from.startsWith('decimal') && to.startsWith('decimal');
  yield {
    field,
    problem: decimals
      ? `changed from ${from} to ${to}: every amount would be misread`
      : `changed its type from ${from} to ${to}`,
  };
}

function leafName(schema: AvroSchema): string {
  const name = typeName(schema);
  if (isDecimal(schema)) return schema.type === 'bytes' ? name : `${name} in ${schema.type}`;
  return typeof schema === 'object' && !isUnion(schema) && 'logicalType' in schema ? `${name} (${schema.type})` : name;
}

function* compareRecords(before: AvroRecord, after: AvroRecord, path: string, sides: Sides): Generator<Problem> {
  if (before.name !== after.name || before.namespace !== after.namespace)
    yield { field: path, problem: `record ${before.name} was renamed to ${after.name}` };
  const now = new Map(after.fields.map((each) => [each.name, each]));
  const earlier = new Set(before.fields.map(({ name }) => name));
  for (const old of before.fields) {
    const current = now.get(old.name);
    if (current !== undefined) yield* compareTypes(old.type, current.type, join(path, old.name), sides);
    else if (!hasDefault(old))
      yield { field: join(path, old.name), problem: 'was removed but has no default: older readers fail without it' };
  }
  for (const added of after.fields)
    if (!earlier.has(added.name) && !hasDefault(added))
      yield { field: join(path, added.name), problem: 'was added without a default: older records do not have it' };
}

function* compareEnums(before: AvroEnum, after: AvroEnum, field: string): Generator<Problem> {
  if (before.name !== after.name) yield { field, problem: `enum ${before.name} was renamed to ${after.name}` };
  for (const symbol of before.symbols)
    if (!after.symbols.includes(symbol))
      yield {
        field,
        problem: `symbol ${symbol} was removed: older records would read as ${after.default ?? 'an error'}`,
      };
  const added = after.symbols.filter((symbol) => !before.symbols.includes(symbol));
  if (added.length > 0 && before.default === undefined)
    yield {
      field,
      problem: `symbol ${added.join(', ')} was added, but the enum had no default: older readers fail on every record`,
    };
}

const hasDefault = (field: AvroField): boolean => field.default !== undefined;
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

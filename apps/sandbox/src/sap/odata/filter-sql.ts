import type { EdmType, Property } from './model.ts';
import type { Comparison, Filter, TextTest } from './filter.ts';

/** Collects values of a statement: `add` answers the placeholder. */
export interface Parameters {
  readonly values: unknown[];
  add(value: unknown): string;
}

export function newParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** PostgreSQL's type for a value that comes as text. */
export const sqlType: Readonly<Record<EdmType, string>> = {
  'Edm.String': 'text',
  'Edm.Boolean': 'boolean',
  'Edm.DateTime': 'timestamp',
  'Edm.DateTimeOffset': 'timestamptz',
  'Edm.Time': 'time',
  'Edm.Decimal': 'numeric',
  'Edm.Guid': 'uuid',
  // A literal may be beyond the range of the property.
  'Edm.Int32': 'bigint',
};

export function column(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A condition over the columns of a set's view. */
export function filterSql(filter: Filter, parameters: Parameters): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => filterSql(term, parameters)).join(` ${filter.kind} `)})`;
    case 'not':
      // What cannot be said of an absent value is not so, hence its negation holds.
      return `(${filterSql(filter.term, parameters)}) is not true`;
    case 'text':
      return textSql(filter.test, filter.property, filter.needle, parameters);
    case 'compare':
      return compareSql(filter.property, filter.by, filter.literal, parameters);
  }
}

const operators: Readonly<Record<Comparison, string>> = {
  eq: '=',
  ne: 'is distinct from',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

function compareSql(
  { name, type }: Property,
  by: Comparison,
  literal: { readonly kind: string; readonly text: string },
  parameters: Parameters,
): string {
  const field = column(name);
  // The vendor has no null in text: it is the empty text, both ways.
  const isInitial = literal.kind === 'null' || (type === 'Edm.String' && literal.text === '');
  if (isInitial && (by === 'eq' || by === 'ne')) {
    const initial = type === 'Edm.String' ? `coalesce(${field}, '') = ''` : `${field} is null`;
    return by === 'eq' ? `(${initial})` : `(not (${initial}))`;
  }
  const collated = type === 'Edm.String' && by !== 'eq' && by !== 'ne' ? `${field} collate "C"` : field;
  return `(${collated} ${operators[by]} ${parameters.add(literal.text)}::${sqlType[type]})`;
}

function textSql(test: TextTest, { name }: Property, needle: string, parameters: Parameters): string {
  const field = column(name);
  const value = `${parameters.add(needle)}::text`;
  if (test === 'startswith') return `starts_with(${field}, ${value})`;
  if (test === 'endswith') return `(right(${field}, length(${value})) = ${value})`;
  return `(strpos(${field}, ${value}) > 0)`;
}

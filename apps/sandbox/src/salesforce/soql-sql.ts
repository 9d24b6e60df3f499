import { objectNamed, type Catalog } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import type { Field, FieldKind, SObject } from './objects/field.ts';
import { aggregateColumn } from './soql-aggregate.ts';
import { conditionSql, namedField } from './soql-condition.ts';
import type { Order, SelectItem, SoqlQuery } from './soql.ts';

/** A statement whose text holds only whitelisted columns and placeholders; every literal is a parameter. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** A value of an answer: its name there, its column in the rows and what it holds. */
export interface OutputColumn {
  readonly name: string;
  readonly column: string;
  readonly kind: FieldKind;
}

/** What to run for a query and how its rows become records: of the object, of AggregateResult, or only their count. */
export interface CompiledQuery extends Statement {
  readonly object: SObject;
  readonly shape: 'records' | 'aggregate' | 'count';
  readonly columns: readonly OutputColumn[];
}

export interface CompileOptions {
  readonly catalog: Catalog;
  readonly includeDeleted: boolean;
}

const MAX_ROWS = 50_000;
/** Rows of an aggregate query: there is no second page. */
const MAX_GROUPS = 2000;

/** @throws SalesforceFault INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY */
export function compileSoql(query: SoqlQuery, { catalog, includeDeleted }: CompileOptions): CompiledQuery {
  const object = objectNamed(catalog, query.object);
  const parameters: unknown[] = [];
  const shape = shapeOf(query);
  const { columns, list } = shape === 'aggregate' ? groups(object, query) : plainColumns(object, query.select);
  const conditions = [
    ...(includeDeleted ? [] : ['not is_deleted']),
    ...(query.where === undefined ? [] : [conditionSql(object, query.where, parameters)]),
  ];
  const text = [
    `select ${shape === 'count' ? 'count(*)::int as total' : list.join(', ')} from ${object.table}`,
    conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`,
    query.groupBy.length === 0
      ? ''
      : `group by ${query.groupBy.map((name) => resolve(object, name).column).join(', ')}`,
    shape === 'count' ? '' : orderSql(object, query, shape),
    `limit ${Math.min(query.limit ?? MAX_ROWS, MAX_ROWS)}`,
  ];
  return { object, shape, columns, text: text.filter(Boolean).join(' '), parameters };
}

/** @throws SalesforceFault when a query for sums has more of them than one answer holds */
export function checkGroups(rows: number): void {
  if (rows > MAX_GROUPS)
    throw new SalesforceFault(
      400,
      'EXCEEDED_ID_LIMIT',
      'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
    );
}

function shapeOf({ select, groupBy }: SoqlQuery): CompiledQuery['shape'] {
  if (select.length === 0) return 'count';
  return groupBy.length > 0 || select.some(({ aggregate }) => aggregate !== null) ? 'aggregate' : 'records';
}

interface SelectSql {
  readonly columns: readonly OutputColumn[];
  readonly list: readonly string[];
}

function plainColumns(object: SObject, select: readonly SelectItem[]): SelectSql {
  const columns = select.map(({ field: written, alias }) => {
    if (alias !== undefined) throw malformed(`unexpected token: ${alias}`);
    const { name, field } = namedField(object, written);
    return { name, column: field.column, kind: field.kind };
  });
  return { columns, list: columns.map(({ column }) => column) };
}

/** Grouped fields by name or alias, aggregates by alias or as expr0, expr1, ... */
function groups(object: SObject, { select, groupBy }: SoqlQuery): SelectSql {
  const grouped = new Set(groupBy.map((written) => namedField(object, written).name));
  let expressions = 0;
  const items = select.map(({ field: written, aggregate, alias }, i) => {
    const { name, field } = namedField(object, written);
    if (aggregate === null && !grouped.has(name)) throw malformed(`Field must be grouped or aggregated: ${name}`);
    const { sql, kind } =
      aggregate === null ? { sql: field.column, kind: field.kind } : aggregateColumn(object, aggregate, field);
    const label = alias ?? (aggregate === null ? name : `expr${expressions}`);
    if (aggregate !== null && alias === undefined) expressions += 1;
    return { output: { name: label, column: `c${i}`, kind }, sql: `${sql} as c${i}` };
  });
  return { columns: items.map(({ output }) => output), list: items.map(({ sql }) => sql) };
}

const resolve = (object: SObject, written: string): Field => namedField(object, written).field;

function orderSql(object: SObject, { orderBy, groupBy }: SoqlQuery, shape: CompiledQuery['shape']): string {
  if (orderBy.length === 0 && shape === 'aggregate')
    return groupBy.length === 0 ? '' : `order by ${groupBy.map((name) => resolve(object, name).column).join(', ')}`;
  if (orderBy.length === 0) return 'order by id collate "C"';
  return `order by ${orderBy.map((key) => orderKey(resolve(object, key.field), key)).join(', ')}`;
}

function orderKey({ column, kind }: Field, { descending, nullsLast }: Order): string {
  const collation = kind === 'id' || kind === 'reference' ? ' collate "C"' : '';
  return `${column}${collation} ${descending ? 'desc' : 'asc'} nulls ${nullsLast ? 'last' : 'first'}`;
}

function malformed(message: string): SalesforceFault {
  return new SalesforceFault(400, 'MALFORMED_QUERY', message);
}

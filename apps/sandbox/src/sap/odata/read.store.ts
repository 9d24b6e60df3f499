import type { Pool, PoolClient } from 'pg';
import { findProperty, needProperty } from './edm.ts';
import { column, filterSql, newParameters, sqlType, type Parameters } from './filter-sql.ts';
import type { EdmType, EntitySet, Navigation, Property } from './model.ts';
import type { Projection } from './projection.ts';
import type { Query } from './query-options.ts';
import { tooMuch } from './refusals.ts';
import type { Raw } from './wire-values.ts';

export type Row = Readonly<Record<string, Raw>>;

/** A row with what was expanded: by navigation, null for nobody, a list where there can be several. */
export interface Entity {
  readonly row: Row;
  readonly expanded: ReadonlyMap<string, Entity | null | readonly Entity[]>;
}

/** Values that the columns must have; null matches nothing. */
export type Scope = Readonly<Record<string, string | null>>;

/** The vendor's work processes run out of memory some time; this one refuses before. */
const maximumRows = 100_000;

/** Statements that belong together see one state of the books. */
export async function inSnapshot<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  try {
    await tx.query('begin isolation level repeatable read read only');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback');
    throw error;
  } finally {
    tx.release();
  }
}

/** At most `limit` rows of the set in the order asked for, made definite by the key. */
export async function readEntities(
  tx: PoolClient,
  set: EntitySet,
  scope: Scope,
  query: Query,
  limit: number,
): Promise<Entity[]> {
  const parameters = newParameters();
  const from = fromSql(set, scope, query, parameters);
  const offset = parameters.add(query.skip + query.taken);
  const count = parameters.add(Math.min(limit, maximumRows + 1));
  const addressed = query.grouped ? dimensions(set, query) : set.keys;
  const columns = columnsSql(set, query.projection, query.grouped ? [] : addressingColumns(set, query.projection));
  const order = orderSql(set, query.order, addressed) || '1';
  const sql = `select ${columns} from ${from} order by ${order} offset ${offset} limit ${count}`;
  const { rows } = await tx.query<Row>(sql, parameters.values);
  return expand(tx, bounded(rows), query.projection);
}

/** Text, as the vendor answers it. */
export async function countEntities(tx: PoolClient, set: EntitySet, scope: Scope, query: Query): Promise<string> {
  const parameters = newParameters();
  const sql = `select count(*)::text as count from ${fromSql(set, scope, query, parameters)}`;
  return (await tx.query<{ count: string }>(sql, parameters.values)).rows[0]!.count;
}

export async function readEntity(
  tx: PoolClient,
  set: EntitySet,
  scope: Scope,
  projection: Projection,
): Promise<Entity | null> {
  const all = { filter: null, order: [], top: null, skip: 0, taken: 0, inlineCount: false, grouped: false };
  const query = { ...all, projection };
  return (await readEntities(tx, set, scope, query, 1))[0] ?? null;
}

/** Rows of the set, or their sums by the other selected properties. */
function fromSql(set: EntitySet, scope: Scope, query: Query, parameters: Parameters): string {
  const rows = `${set.view} v where ${whereSql(set, scope, query, parameters)}`;
  if (!query.grouped) return rows;
  const by = dimensions(set, query).map(column);
  const sums = query.projection.properties
    .filter(({ name }) => !by.includes(column(name)))
    .map(({ name }) => `sum(v.${column(name)}) as ${column(name)}`);
  // Without a property to group by there is one group, or none when there are no rows.
  const grouping = by.length === 0 ? 'having count(*) > 0' : `group by ${by.join(', ')}`;
  return `(select ${[...by, ...sums].join(', ')} from ${rows} ${grouping}) v`;
}

function dimensions({ measures = [] }: EntitySet, { projection }: Query): string[] {
  return projection.properties.map(({ name }) => name).filter((name) => !measures.includes(name));
}

function whereSql(set: EntitySet, scope: Scope, { filter }: Pick<Query, 'filter'>, parameters: Parameters): string {
  const conditions = Object.entries(scope).map(([name, value]) => {
    const { type } = needProperty(set, name);
    return `v.${column(name)} = ${parameters.add(value)}::${sqlType[type]}`;
  });
  if (filter) conditions.push(filterSql(filter, parameters));
  return conditions.join(' and ') || 'true';
}

/** The order asked for, made definite by `last`. */
function orderSql(set: EntitySet, order: Query['order'], last: readonly string[]): string {
  const asked = order.map(({ property, descending }) => {
    // An initial value is the lowest for the vendor. Keys have none, and an index serves them as they are.
    const nulls = set.keys.includes(property.name) ? '' : descending ? ' nulls last' : ' nulls first';
    return `${ordered(property)}${descending ? ' desc' : ''}${nulls}`;
  });
  const named = new Set(order.map(({ property }) => property.name));
  const rest = last.filter((name) => !named.has(name)).map((name) => ordered(needProperty(set, name)));
  return [...asked, ...rest].join(', ');
}

function ordered({ name, type }: Property): string {
  return type === 'Edm.String' ? `v.${column(name)} collate "C"` : `v.${column(name)}`;
}

const printed: Readonly<Record<EdmType, (field: string) => string>> = {
  'Edm.String': (field) => `${field}::text`,
  'Edm.Boolean': (field) => field,
  'Edm.DateTime': (field) => `to_char(${field}::timestamp, 'YYYY-MM-DD"T"HH24:MI:SS')`,
  'Edm.DateTimeOffset': (field) => `to_char(${field} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  'Edm.Time': (field) => `to_char(${field}, 'HH24:MI:SS')`,
  'Edm.Decimal': (field) => `${field}::text`,
  'Edm.Guid': (field) => `${field}::text`,
  'Edm.Int32': (field) => `${field}::text`,
};

/** What it takes to address a row and to follow its navigations. */
function addressingColumns(set: EntitySet, { navigations }: Projection): string[] {
  const followed = navigations.flatMap(({ navigation, expanded }) => (expanded ? Object.keys(navigation.on) : []));
  return [...set.keys, ...followed, ...(set.etag === null ? [] : [set.etag])];
}

function columnsSql(set: EntitySet, { properties }: Projection, more: readonly string[]): string {
  const names = new Set([...properties.map(({ name }) => name), ...more]);
  return [...names].map((name) => `${printedColumn(set, name)} as ${column(name)}`).join(', ');
}

function printedColumn(set: EntitySet, name: string): string {
  return printed[findProperty(set, name)?.type ?? 'Edm.String'](`v.${column(name)}`);
}

async function expand(tx: PoolClient, rows: readonly Row[], projection: Projection): Promise<Entity[]> {
  const entities = rows.map((row) => ({ row, expanded: new Map<string, Entity | null | readonly Entity[]>() }));
  for (const { navigation, target, expanded } of projection.navigations) {
    if (!expanded || rows.length === 0) continue;
    const found = await followed(tx, navigation, target, rows, expanded);
    for (const { row, expanded: into } of entities) {
      const others = found.get(linkOf(Object.keys(navigation.on), row)) ?? [];
      into.set(navigation.name, navigation.many ? others : (others[0] ?? null));
    }
  }
  return entities;
}

/** The entities that a navigation leads to from any of the rows, by the values that link them. */
async function followed(
  tx: PoolClient,
  { on }: Navigation,
  target: EntitySet,
  rows: readonly Row[],
  projection: Projection,
): Promise<Map<string, Entity[]>> {
  const links = Object.entries(on);
  const from = links.map(([name]) => name);
  const distinct = [...new Map(rows.map((row) => [linkOf(from, row), row])).values()];
  const parameters = newParameters();
  const lists = links.map(([name]) => `${parameters.add(distinct.map((row) => row[name] ?? null))}::text[]`);
  const joined = links.map(([, name], n) => `v.${column(name)} = p.l${n}::${sqlType[needProperty(target, name).type]}`);
  const linked = links.map(([, name], n) => `${printedColumn(target, name)} as "link${n}"`);
  const sql = `select ${columnsSql(target, projection, addressingColumns(target, projection))}, ${linked.join(', ')} from ${target.view} v
    join unnest(${lists.join(', ')}) as p(${links.map((_, n) => `l${n}`).join(', ')}) on ${joined.join(' and ')}
    order by ${orderSql(target, [], target.keys)} limit ${maximumRows + 1}`;
  const found = bounded((await tx.query<Row>(sql, parameters.values)).rows);
  const entities = await expand(tx, found, projection);
  const byLink = new Map<string, Entity[]>();
  for (const entity of entities) {
    const link = linkOf(
      links.map((_, n) => `link${n}`),
      entity.row,
    );
    const group = byLink.get(link);
    if (group) group.push(entity);
    else byLink.set(link, [entity]);
  }
  return byLink;
}

function linkOf(names: readonly string[], row: Row): string {
  return JSON.stringify(names.map((name) => row[name] ?? null));
}

function bounded<T>(rows: T[]): T[] {
  if (rows.length > maximumRows) throw tooMuch('The answer is too large', 'Die Antwort ist zu groß');
  return rows;
}

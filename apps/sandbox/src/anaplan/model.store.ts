import type { Pool, PoolClient } from 'pg';
import { CURRENCIES, LEGAL_ENTITIES, LINE_ITEMS, type ModuleDefinition } from './model.ts';
import type { CellRow, Dimensions, ItemRow } from './rows.ts';

type Sql = Pool | PoolClient;

export interface StoredItem {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** Items of one list in the order in which they were added. */
export async function readItems(sql: Sql, listId: string): Promise<StoredItem[]> {
  const found = await sql.query<StoredItem>(
    'select id, code, name from list_item where list_id = $1 order by position',
    [listId],
  );
  return found.rows;
}

/** Months, then fiscal years. */
export async function readTime(sql: Sql): Promise<(StoredItem & { kind: string })[]> {
  const found = await sql.query<StoredItem & { kind: string }>(
    'select id, name as code, name, kind from time_item order by kind, starts_on',
  );
  return found.rows;
}

/** A version has no code of its own: its name is what people call it. */
export interface StoredVersion extends StoredItem {
  readonly isActual: boolean;
  readonly isCurrent: boolean;
}

/** Versions in their order. */
export async function readVersions(sql: Sql): Promise<StoredVersion[]> {
  const found = await sql.query<StoredVersion>(
    'select id, name as code, name, is_actual as "isActual", is_current as "isCurrent" from version_item order by position',
  );
  return found.rows;
}

/** Adds a version after the others; null when the name is taken. */
export async function addVersion(sql: Sql, name: string): Promise<string | null> {
  const added = await sql.query<{ id: string }>(
    'insert into version_item (name) values ($1) on conflict do nothing returning id',
    [name],
  );
  return added.rows[0]?.id ?? null;
}

export async function renameVersion(sql: Sql, id: string, name: string): Promise<boolean> {
  return (await sql.query('update version_item set name = $2 where id = $1', [id, name])).rowCount === 1;
}

/** Its cells go with it. */
export async function deleteVersion(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('delete from version_item where id = $1', [id])).rowCount === 1;
}

/** What an import row may call each item: code or name for lists, the name for months and versions. */
export async function readDimensions(sql: Sql): Promise<Dimensions> {
  // One after the other: inside a task this is a single connection.
  const legalEntities = await readItems(sql, LEGAL_ENTITIES.id);
  const currencies = await readItems(sql, CURRENCIES.id);
  const time = await readTime(sql);
  const versions = await readVersions(sql);
  const months = time.filter((item) => item.kind === 'MONTH');
  return {
    legalEntities: byCodeOrName(legalEntities),
    currencies: byCodeOrName(currencies),
    months: byCodeOrName(months),
    versions: byCodeOrName(versions),
  };
}

function byCodeOrName(items: readonly StoredItem[]): Map<string, string> {
  const names = items.map((item) => [item.name, item.id] as const);
  const codes = items.map((item) => [item.code, item.id] as const);
  return new Map([...names, ...codes]);
}

/** List import: the code is the key, so a second import of an item renames it. */
export async function upsertItems(sql: Sql, listId: string, rows: readonly ItemRow[]): Promise<number> {
  const distinct = [...new Map(rows.map((row) => [row.code, row.name])).entries()];
  const done = await sql.query<{ created: string }>(
    `with done as (
       insert into list_item (list_id, code, name) select $1, code, name from unnest($2::text[], $3::text[]) as t(code, name)
       on conflict (list_id, code) do update set name = excluded.name returning xmax = 0 as created)
     select count(*) filter (where created) as created from done`,
    [listId, distinct.map(([code]) => code), distinct.map(([, name]) => name)],
  );
  return Number(done.rows[0]?.created ?? 0);
}

/** `items?action=add`: an existing code or name is left as it is; answers the positions that were not added. */
export async function addItems(sql: Sql, listId: string, rows: readonly ItemRow[]): Promise<number[]> {
  const refused: number[] = [];
  for (const [index, row] of rows.entries()) {
    const added = await sql.query(
      'insert into list_item (list_id, code, name) values ($1, $2, $3) on conflict do nothing',
      [listId, row.code, row.name],
    );
    if (added.rowCount === 0) refused.push(index);
  }
  return refused;
}

export async function deleteItems(sql: Sql, listId: string, codes: readonly string[]): Promise<number> {
  const done = await sql.query('delete from list_item where list_id = $1 and (code = any($2) or id = any($2))', [
    listId,
    codes,
  ]);
  return done.rowCount ?? 0;
}

/** `PUT items`: renames by code; what does not exist is silently left out of the count. */
export async function renameItems(sql: Sql, listId: string, rows: readonly ItemRow[]): Promise<number> {
  const done = await sql.query(
    `update list_item i set name = t.name from unnest($2::text[], $3::text[]) as t(code, name)
     where i.list_id = $1 and i.code = t.code`,
    [listId, rows.map((row) => row.code), rows.map((row) => row.name)],
  );
  return done.rowCount ?? 0;
}

/** Module import: every row sets all line items of its cell; of two rows for one cell the later one stays. */
export async function writeRows(sql: Sql, rows: readonly CellRow[]): Promise<void> {
  const last = new Map(rows.map((row) => [`${row.legalEntity} ${row.currency} ${row.period}`, row]));
  const cells = [...last.values()].flatMap((row) =>
    LINE_ITEMS.map((item, index) => ({ ...row, version: null, lineItem: item.id, value: row.values[index] ?? '0' })),
  );
  await writeCells(sql, cells);
}

/** Where a value is. `version` is null in a module without versions. */
export interface CellPlace {
  readonly version: string | null;
  readonly legalEntity: string;
  readonly currency: string;
  readonly period: string;
  readonly lineItem: string;
}

export interface CellValue extends CellPlace {
  readonly value: string;
}

export async function writeCells(sql: Sql, cells: readonly CellValue[]): Promise<void> {
  await sql.query(
    `insert into cell (version, legal_entity, currency, period, line_item, value)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[])
     on conflict (version, legal_entity, currency, period, line_item) do update set value = excluded.value`,
    [
      cells.map((cell) => cell.version),
      cells.map((cell) => cell.legalEntity),
      cells.map((cell) => cell.currency),
      cells.map((cell) => cell.period),
      cells.map((cell) => cell.lineItem),
      cells.map((cell) => cell.value),
    ],
  );
}

/** Answers how many values were there. */
export async function dropCell(sql: Sql, place: CellPlace): Promise<number> {
  const dropped = await sql.query(
    `delete from cell where version is not distinct from $1
       and (legal_entity, currency, period, line_item) = ($2, $3, $4, $5)`,
    [place.version, place.legalEntity, place.currency, place.period, place.lineItem],
  );
  return dropped.rowCount ?? 0;
}

export async function clearCells(sql: Sql, module: ModuleDefinition): Promise<void> {
  await sql.query('delete from cell where line_item = any($1)', [module.lineItems.map(({ id }) => id)]);
}

/** One row of a view: the names of its items in the order of the module's dimensions, and one value per line item. */
export interface ViewRow {
  readonly items: readonly string[];
  readonly values: readonly string[];
}

interface FoundRow {
  readonly version: string | null;
  readonly legalEntity: string;
  readonly currency: string;
  readonly month: string;
  readonly values: readonly string[];
}

/** Months of the grid with all line items as exact text; filtered: only where a value is not zero. */
export async function readView(sql: Sql, module: ModuleDefinition, filtered: boolean): Promise<ViewRow[]> {
  const found = await sql.query<FoundRow>(
    `with line as (select id, position from line_item where module_id = $4), versions as (
       select id from version_item where $5 union all select null where not $5), base as (
       select distinct version, legal_entity, currency, period from cell
       where value <> 0 and $1 and line_item in (select id from line)
       union all
       select v.id, e.id, c.id, t.id from versions v, list_item e, list_item c, time_item t
       where not $1 and e.list_id = $2 and c.list_id = $3 and t.kind = 'MONTH')
     select v.name as version, e.name as "legalEntity", c.name as currency, t.name as month,
       array_agg(trim_scale(coalesce(x.value, 0))::text order by l.position) as values
     from base b join list_item e on e.id = b.legal_entity join list_item c on c.id = b.currency
       join time_item t on t.id = b.period left join version_item v on v.id = b.version cross join line l
       left join cell x on x.version is not distinct from b.version
         and (x.legal_entity, x.currency, x.period, x.line_item) = (b.legal_entity, b.currency, b.period, l.id)
     group by v.name, v.position, e.name, e.position, c.name, c.position, t.name, t.starts_on
     order by v.position, e.position, c.position, t.starts_on`,
    [filtered, LEGAL_ENTITIES.id, CURRENCIES.id, module.id, module.versioned],
  );
  return found.rows.map(({ version, legalEntity, currency, month, values }) => ({
    items: [...(version === null ? [] : [version]), legalEntity, currency, month],
    values,
  }));
}

import { CELL_COLUMNS, DIMENSION_COLUMNS, LINE_ITEMS, LIST_COLUMNS } from './model.ts';

/** A table as the import reads it: header names and rows of text. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface RefusedRow {
  readonly fate: 'failed' | 'ignored';
  readonly reason: string;
  readonly row: readonly string[];
}

export interface ItemRow {
  readonly code: string;
  readonly name: string;
}

export interface CellRow {
  readonly legalEntity: string;
  readonly currency: string;
  readonly period: string;
  /** One exact decimal per line item, in the order of the module. */
  readonly values: readonly string[];
}

/** Item ids by what a row may call them. */
export interface Dimensions {
  readonly legalEntities: ReadonlyMap<string, string>;
  readonly currencies: ReadonlyMap<string, string>;
  readonly months: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
}

export interface Judged<T> {
  readonly accepted: readonly T[];
  readonly refused: readonly RefusedRow[];
}

/** The columns that an import maps but the file does not have: such a file cannot be imported at all. */
export function missingColumns(table: Table, kind: 'list' | 'module'): string[] {
  const wanted = kind === 'list' ? LIST_COLUMNS : CELL_COLUMNS;
  return wanted.filter((name) => !table.header.includes(name));
}

/** Rows of a list import: an item needs a code, and its name is unique in the list. */
export function judgeItems(table: Table): Judged<ItemRow> {
  const byName = new Map<string, string>();
  return judge(table, (at) => {
    const [code = '', name = ''] = LIST_COLUMNS.map(at);
    if (code === '') return refusal('failed', 'Item has no code');
    const known = byName.get(name || code);
    if (known !== undefined && known !== code) return refusal('failed', `Name is used twice: ${name}`);
    byName.set(name || code, code);
    return { code, name: name || code };
  });
}

/** Rows of the module import: every dimension must name an existing item, every value must fit its line item. */
export function judgeCells(table: Table, dimensions: Dimensions): Judged<CellRow> {
  return judge(table, (at) => {
    const [entity = '', money = '', month = ''] = DIMENSION_COLUMNS.map(at);
    const legalEntity = dimensions.legalEntities.get(entity);
    if (legalEntity === undefined) return refusal('ignored', `Unknown Legal Entities item: ${entity}`);
    const currency = dimensions.currencies.get(money);
    if (currency === undefined) return refusal('ignored', `Unknown Currencies item: ${money}`);
    const period = dimensions.months.get(month);
    if (period === undefined) return refusal('ignored', `Unknown Time item: ${month}`);
    const values = LINE_ITEMS.map((item) => at(item.name));
    const bad = LINE_ITEMS.find((item) => !isNumber(at(item.name), item.scale));
    if (bad !== undefined) return refusal('failed', `Invalid number for ${bad.name}: ${at(bad.name)}`);
    return { legalEntity, currency, period, values };
  });
}

/** A plain decimal with no more decimals than the line item takes. */
export function isNumber(text: string, scale: number): boolean {
  const match = /^-?\d{1,15}(?:\.(\d+))?$/.exec(text);
  return match !== null && (match[1] ?? '').length <= scale;
}

type Refusal = { readonly fate: RefusedRow['fate']; readonly reason: string };
const refusal = (fate: RefusedRow['fate'], reason: string): Refusal => ({ fate, reason });

function judge<T extends object>(table: Table, decide: (at: (column: string) => string) => T | Refusal): Judged<T> {
  const accepted: T[] = [];
  const refused: RefusedRow[] = [];
  for (const row of table.rows) {
    const verdict =
      row.length === table.header.length
        ? decide((column) => (row[table.header.indexOf(column)] ?? '').trim())
        : refusal('failed', `Row has ${row.length} columns, header has ${table.header.length}`);
    if ('fate' in verdict) refused.push({ ...verdict, row });
    else accepted.push(verdict);
  }
  return { accepted, refused };
}

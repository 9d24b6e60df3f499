import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { KEY_COLUMNS, SHEET_COLUMNS, sheetRow, type SheetBreak, type SheetCells } from './sheet.ts';

/** With a byte order mark: without it a spreadsheet reads letters beyond ASCII wrongly. */
export const sheetText = (rows: readonly SheetBreak[]): string =>
  stringify([SHEET_COLUMNS, ...rows.map(sheetRow)], { bom: true, record_delimiter: '\r\n' });

export interface SheetRow {
  /** Line of the text where the row ends, as an editor counts. */
  readonly line: number;
  readonly cells: SheetCells;
  /** Why it cannot be read; null: it can. */
  readonly problem: string | null;
}

/** The whole text is no sheet of ours; the message says why. */
export class SheetUnreadable extends Error {}

export const MAX_ROWS = 5_000;

/** Rows of a sheet that a spreadsheet may have written with another delimiter. @throws SheetUnreadable */
export function readSheet(text: string): SheetRow[] {
  const records = recordsOf(text);
  const [header, ...rows] = records;
  const columns = (header?.record ?? []).map((name) => name.trim());
  const missing = KEY_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new SheetUnreadable(`The sheet has no column ${missing.join(' and no column ')}.`);
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (twice.length > 0) throw new SheetUnreadable(`The sheet has the column ${twice.join(', ')} twice.`);
  if (rows.length > MAX_ROWS)
    throw new SheetUnreadable(`The sheet has ${rows.length} rows, at most ${MAX_ROWS} are read.`);
  return rows.map(({ record, info: { lines: line } }) => ({ line, ...cellsOf(columns, record) }));
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function recordsOf(text: string): ParsedRecord[] {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 200_000 };
  try {
    return parse(text, { ...options, delimiter: delimiterOf(text) }) as unknown as ParsedRecord[];
  } catch (error) {
    throw new SheetUnreadable(`The sheet is no CSV: ${(error as Error).message}.`);
  }
}

/** What stands between the columns of the header. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const count = (one: string): number => header.split(one).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

function cellsOf(columns: readonly string[], record: readonly string[]): Pick<SheetRow, 'cells' | 'problem'> {
  const cells = Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']));
  if (record.length !== columns.length)
    return { cells, problem: `it has ${record.length} cells, the header has ${columns.length}` };
  const unknown = columns.filter((column) => !SHEET_COLUMNS.includes(column) && (cells[column] ?? '').trim() !== '');
  return { cells, problem: unknown.length === 0 ? null : `column "${unknown.join('", "')}" is none of the sheet's` };
}

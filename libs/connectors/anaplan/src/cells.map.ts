/** One planning cell: coordinates and the four line items as exact decimal text. */
export interface PlanningCell {
  /** Code of the legal entity, the code of the list item. */
  readonly legalEntity: string;
  /** ISO 4217 code. */
  readonly currency: string;
  /** YYYY-MM. */
  readonly month: string;
  /** Number of invoices issued in the month. */
  readonly invoices: string;
  /** Gross of these invoices. */
  readonly invoiced: string;
  /** Payments received in the month. */
  readonly paid: string;
  /** What is open today of the invoices issued in the month. */
  readonly open: string;
}

/** What a list item is made of. */
export interface PlanningItem {
  readonly code: string;
  readonly name: string;
}

/** The columns that the model's imports map by name. */
export const CELL_COLUMNS = ['Legal Entity', 'Currency', 'Month', 'Invoices', 'Invoiced', 'Cash Received', 'Open'];
/** The columns of the view: dimensions by the names of their lists, then the line items. */
export const VIEW_COLUMNS = ['Legal Entities', 'Currencies', 'Time', ...CELL_COLUMNS.slice(3)];
export const ITEM_COLUMNS = ['Code', 'Name'];

const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MAX_NAME = 60;

/** Time item of a month in a calendar of months: 2013-01 is `Jan 13`; null where two digits would mean another year. */
export function timeItemOf(month: string): string | null {
  const match = /^20(\d{2})-(0[1-9]|1[0-2])$/.exec(month);
  if (match === null) return null;
  const [, year = '', number = ''] = match;
  return `${MONTH_NAMES[Number(number) - 1] ?? ''} ${year}`;
}

/** Month of a time item: `Jan 13` is 2013-01; null for years, quarters and anything else. */
export function monthOf(timeItem: string): string | null {
  const [, name = '', year = ''] = /^([A-Z][a-z]{2}) (\d{2})$/.exec(timeItem) ?? [];
  const index = MONTH_NAMES.indexOf(name);
  return index < 0 ? null : `20${year}-${String(index + 1).padStart(2, '0')}`;
}

/** The import row of a cell, in the order of CELL_COLUMNS; null when the model's calendar has no name for its month. */
export function toImportRow(cell: PlanningCell): readonly string[] | null {
  const month = timeItemOf(cell.month);
  if (month === null) return null;
  return [cell.legalEntity, cell.currency, month, cell.invoices, cell.invoiced, cell.paid, cell.open];
}

/** The import row of a list item: names are unique in a list, so the code stands in front of a name that differs from it. */
export function toItemRow(item: PlanningItem): readonly string[] {
  const name = item.name === item.code ? item.code : `${item.code} ${item.name}`;
  return [item.code, name.slice(0, MAX_NAME)];
}

/** A CSV file with a header, fields quoted where they need it. */
export function toCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** A line of the view, by the names of its columns; null when it is no month of ours. */
export function fromViewRow(
  row: Readonly<Record<string, string>>,
  codeOf: ReadonlyMap<string, string>,
): PlanningCell | null {
  const name = row['Legal Entities'] ?? '';
  const month = monthOf(row['Time'] ?? '');
  if (month === null) return null;
  return {
    legalEntity: codeOf.get(name) ?? name,
    currency: row['Currencies'] ?? '',
    month,
    invoices: row['Invoices'] ?? '',
    invoiced: row['Invoiced'] ?? '',
    paid: row['Cash Received'] ?? '',
    open: row['Open'] ?? '',
  };
}

import { compare, InvalidValueError, isCurrency, isDate, minorUnits, parseDecimal } from '@tieout/canonical';
import { CsvError, parse } from 'csv-parse/sync';

/** An accepted row: one invoice and, when it was settled, its payment. Amounts are exact decimal text. */
export interface Receivable {
  /** Line of the file where the row begins, the header is line 1. */
  readonly line: number;
  /** Legal entity that issued the invoice. */
  readonly country: string;
  readonly customer: string;
  readonly customerName: string;
  readonly invoice: string;
  /** YYYY-MM-DD */
  readonly invoiceDate: string;
  readonly dueDate: string | null;
  readonly amount: string;
  readonly disputed: boolean;
  readonly settledDate: string | null;
}
export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
}
export interface ParsedReceivables {
  readonly rows: readonly Receivable[];
  readonly rejected: readonly RejectedRow[];
}

/** The file as a whole cannot be used: no header, a column missing, too large, unknown currency. */
export class UnusableFile extends Error {}

export const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 200_000;
/** What a calendar of months can name with two digits, so every station can hold it. */
export const YEARS = { first: 2000, last: 2099 } as const;
const MAX_INTEGER_DIGITS = 12;
const COLUMNS = {
  country: 'countryCode',
  customer: 'customerID',
  invoice: 'invoiceNumber',
  invoiceDate: 'InvoiceDate',
  dueDate: 'DueDate',
  amount: 'InvoiceAmount',
  disputed: 'Disputed',
  settledDate: 'SettledDate',
} as const;
const OPTIONAL = { customerName: 'customerName' } as const;
type Column = keyof typeof COLUMNS | keyof typeof OPTIONAL;
/** Lengths that every station holds: NetSuite's entity id and transaction number, the planning model's member code. */
const MAX_LENGTH: Readonly<Partial<Record<Column, number>>> = {
  country: 40,
  customer: 40,
  customerName: 80,
  invoice: 45,
};

class Rejection extends Error {}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Rows of a receivables file. Columns are found by their name in the header, in any order; others are ignored. A row out of
 * shape is rejected with its line and reason, the rest goes on.
 * @param currency ISO 4217 code of every amount; its minor units bound the decimals
 * @throws UnusableFile
 */
export function parseReceivables(text: string, currency: string): ParsedReceivables {
  if (!isCurrency(currency)) throw new UnusableFile(`${JSON.stringify(currency)} is not an ISO 4217 currency code`);
  const [header, ...lines] = csvLines(text);
  if (header === undefined) throw new UnusableFile('the file is empty; its first line names the columns');
  const positions = columnPositions(header.cells);
  const rejected: RejectedRow[] = [];
  const rows: Receivable[] = [];
  for (const line of lines) {
    try {
      rows.push(receivable(line, header.cells.length, positions, minorUnits(currency)));
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      rejected.push({ line: line.line, reason: error.message });
    }
  }
  const unique = rejectDuplicates(rejectSecondNames(rejectSecondSpellings(rows, rejected), rejected), rejected);
  return { rows: unique, rejected: rejected.sort((a, b) => a.line - b.line) };
}

function csvLines(text: string): Line[] {
  const whole = parsed(text);
  const width = whole?.[0]?.cells.length;
  // A quote that is not closed swallows the rows behind it: read line by line, so that only the culprit is lost.
  const swallowed = whole === undefined || whole.some(({ cells, spans }) => spans && cells.length !== width);
  const lines = swallowed ? text.split(/\r\n|\n|\r/).flatMap((line, index) => oneLine(line, index + 1)) : whole;
  if (lines.length > MAX_ROWS + 1) throw new UnusableFile(`the file has more than ${MAX_ROWS} rows`);
  return lines;
}

/** undefined when the text is no CSV throughout. */
function parsed(text: string): (Line & { readonly spans: boolean })[] | undefined {
  try {
    const options = {
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    } as const;
    const records = parse(text, { ...options, to: MAX_ROWS + 2 }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return records.map(({ record, info }) => {
      const line = firstLine(info.lines, record);
      return { line, spans: line !== info.lines, cells: record.map((cell) => cell.trim()) };
    });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function oneLine(text: string, line: number): Line[] {
  if (text.trim() === '') return [];
  return [{ line, cells: parsed(text)?.[0]?.cells ?? [] }];
}

/** The parser counts to a row's last line; a quoted cell may hold line ends. */
function firstLine(last: number, record: readonly string[]): number {
  return last - record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

function columnPositions(header: readonly string[]): ReadonlyMap<Column, number> {
  const positions = new Map<Column, number>();
  for (const [column, name] of Object.entries({ ...COLUMNS, ...OPTIONAL })) {
    const found = header.flatMap((cell, index) => (cell.toLowerCase() === name.toLowerCase() ? [index] : []));
    if (found.length > 1) throw new UnusableFile(`the column ${name} stands twice in the header`);
    if (found[0] !== undefined) positions.set(column as Column, found[0]);
  }
  const missing = Object.entries(COLUMNS).filter(([column]) => !positions.has(column as Column));
  if (missing.length > 0)
    throw new UnusableFile(`missing in the header: ${missing.map(([, name]) => name).join(', ')}`);
  return positions;
}

function receivable(
  { line, cells }: Line,
  width: number,
  positions: ReadonlyMap<Column, number>,
  decimals: number,
): Receivable {
  if (cells.length === 0) throw new Rejection('a quote is opened and not closed');
  if (cells.length !== width) throw new Rejection(`the row has ${cells.length} fields, the header has ${width}`);
  const optional = (column: Column): string | null => cells[positions.get(column) ?? -1] || null;
  const mandatory = (column: keyof typeof COLUMNS): string => checkedText(column, optional(column));
  const customer = mandatory('customer');
  return {
    line,
    country: mandatory('country'),
    customer,
    customerName: checkedText('customerName', optional('customerName') ?? `Customer ${customer}`),
    invoice: mandatory('invoice'),
    invoiceDate: date('invoiceDate', mandatory('invoiceDate')),
    dueDate: optionalDate('dueDate', optional('dueDate')),
    amount: amount(mandatory('amount'), decimals),
    disputed: yesOrNo(mandatory('disputed')),
    settledDate: optionalDate('settledDate', optional('settledDate')),
  };
}

function checkedText(column: Column, value: string | null): string {
  const name = { ...COLUMNS, ...OPTIONAL }[column];
  if (value === null) throw new Rejection(`${name} is empty`);
  if (/\p{Cc}/u.test(value)) throw new Rejection(`${name} holds a control character`);
  const longest = MAX_LENGTH[column] ?? 100;
  if (value.length > longest) throw new Rejection(`${name} is longer than ${longest} characters`);
  return value;
}

const optionalDate = (column: Column, text: string | null): string | null =>
  text === null ? null : date(column, text);

/** M/D/YYYY only: a file that mixes forms is more likely wrong than meant. */
function date(column: Column, text: string): string {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const name = COLUMNS[column as keyof typeof COLUMNS];
  if (!isDate(iso)) throw new Rejection(`${name} ${quoted(text)} is not a date M/D/YYYY`);
  if (Number(year) < YEARS.first || Number(year) > YEARS.last)
    throw new Rejection(`${name} ${quoted(text)} is outside ${YEARS.first} to ${YEARS.last}`);
  return iso;
}

function amount(text: string, decimals: number): string {
  const [, digits] = /^[+-]?0*(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (digits === undefined) throw new Rejection(`InvoiceAmount ${quoted(text)} is not an amount`);
  if (digits.length > MAX_INTEGER_DIGITS)
    throw new Rejection(
      `InvoiceAmount ${quoted(text)} has more than ${MAX_INTEGER_DIGITS} digits before the decimal point`,
    );
  try {
    const value = parseDecimal(text, decimals);
    if (compare(value, '0') <= 0) throw new Rejection(`InvoiceAmount ${quoted(text)} is not greater than zero`);
    return value;
  } catch (error) {
    if (error instanceof InvalidValueError) throw new Rejection(`InvoiceAmount: ${error.message}`);
    throw error;
  }
}

function yesOrNo(text: string): boolean {
  if (!/^(yes|no)$/i.test(text)) throw new Rejection(`Disputed ${quoted(text)} is neither Yes nor No`);
  return /^yes$/i.test(text);
}

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** External ids of the CRM do not tell case apart: two spellings would become one customer there. */
function rejectSecondSpellings(rows: readonly Receivable[], rejected: RejectedRow[]): Receivable[] {
  const spellings = new Map<string, Receivable>();
  return rows.filter((row) => {
    const key = row.customer.toLowerCase();
    const first = spellings.get(key) ?? row;
    spellings.set(key, first);
    if (first.customer === row.customer) return true;
    const reason = `customerID ${row.customer} is also written ${first.customer} in line ${first.line}`;
    rejected.push({ line: row.line, reason });
    return false;
  });
}

/** A customer number belongs to the name that it came with first; rows that use it for another name are out. */
function rejectSecondNames(rows: readonly Receivable[], rejected: RejectedRow[]): Receivable[] {
  const names = new Map<string, Receivable>();
  return rows.filter((row) => {
    const first = names.get(row.customer) ?? row;
    names.set(row.customer, first);
    if (first.customerName === row.customerName) return true;
    const reason = `customerID ${row.customer} is ${quoted(first.customerName)} in line ${first.line} and ${quoted(row.customerName)} here`;
    rejected.push({ line: row.line, reason });
    return false;
  });
}

/** The first row of an invoice number counts; whether a later one is a copy or a contradiction is told apart. */
function rejectDuplicates(rows: readonly Receivable[], rejected: RejectedRow[]): Receivable[] {
  const seen = new Map<string, Receivable>();
  return rows.filter((row) => {
    const first = seen.get(row.invoice);
    if (first === undefined) return seen.set(row.invoice, row);
    const same = JSON.stringify({ ...first, line: 0 }) === JSON.stringify({ ...row, line: 0 });
    const reason = `invoiceNumber ${row.invoice} already stands in line ${first.line}, ${same ? 'with the same content' : 'with other content'}`;
    rejected.push({ line: row.line, reason });
    return false;
  });
}

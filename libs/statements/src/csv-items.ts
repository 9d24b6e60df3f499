import type { Item } from '@tieout/matching';
import { dialectOf, headerOf, raggedRow, type Dialect, type Header, type HeaderOptions } from './csv-header.ts';
import { recordReader, type CsvRecord, type RecordReader } from './csv-records.ts';
import { cellsOf, CONTROL, draftOf, type RowRules } from './csv-rows.ts';
import { dateReader, type DateReader } from './date-text.ts';
import type { DecimalMark } from './decimal-text.ts';
import { amountCollector } from './file-decimals.ts';
import { MAX_RECORD } from './csv-records.ts';
import { problemAt, shown, UnreadableFile, type Problem, type RefusedRow } from './problem.ts';

export interface CsvOptions extends HeaderOptions {
  /** What stands before the decimals; without it the file has to show it. */
  readonly decimal?: DecimalMark;
  /** How days are written, e.g. DD.MM.YYYY; ISO without it. */
  readonly dateFormat?: string;
  readonly maxRows?: number;
}

export interface CsvItems {
  readonly items: readonly Item[];
  readonly refused: readonly RefusedRow[];
}

export interface CsvReader {
  /** @throws UnreadableFile */
  push(text: string): void;
  /** @throws UnreadableFile */
  end(): CsvItems;
}

const MAX_ROWS = 5_000_000;
/** A file with more bad rows is another file than was meant. */
const MAX_REFUSED = 100_000;

/** Reads a CSV file from its text, piece by piece; what it holds at the end is the items and the rows that are none. */
export function csvReader(options: CsvOptions): CsvReader {
  const rows = rowReader(options);
  let start = '';
  let records: RecordReader | undefined;
  const begin = (): RecordReader => {
    const dialect = dialectOf(start, options);
    return recordReader(dialect.separator, dialect.newline, (record) => rows.take(record, dialect));
  };
  return {
    push(text) {
      rows.sawText(text);
      if (records !== undefined) return records.push(text);
      start += text;
      if (start.length < MAX_RECORD && !/[\n\r][^]*[\n\r]./.test(start)) return; // the header, and what ends its line
      records = begin();
      records.push(start);
      start = '';
    },
    end() {
      if (records === undefined) {
        records = begin();
        records.push(start);
      }
      records.end();
      return rows.end();
    },
  };
}

interface RowReader {
  sawText(text: string): void;
  take(record: CsvRecord, dialect: Dialect): void;
  end(): CsvItems;
}

function rowReader(options: CsvOptions): RowReader {
  const lines = new Map<string, number>();
  const items: Item[] = [];
  const refused: RefusedRow[] = [];
  const amounts = amountCollector(options.decimal);
  const fixed = { date: remembered(dateOption(options.dateFormat)), currency: options.currency, shared: sharedTexts() };
  let rules: RowRules | undefined;
  let controls = false;

  const refuse = (record: CsvRecord, header: Header, problems: readonly Problem[]): void => {
    if (refused.length >= MAX_REFUSED)
      throw new UnreadableFile(
        'too-many-bad-rows',
        `more than ${MAX_REFUSED} rows are bad: is this the file that was meant?`,
      );
    const id = record.cells[header.positions.id ?? -1]?.trim() || null;
    refused.push({ line: record.line, id, problems, cells: cellsOf(record, header) });
  };

  const row = (record: CsvRecord, known: RowRules): void => {
    const { header } = known;
    const broken = brokenRow(record, header);
    if (broken !== undefined) return refuse(record, header, [broken]);
    const draft = draftOf(record, known, controls);
    if (!('item' in draft)) return refuse(record, header, draft);
    const { item, amount } = draft;
    const before = lines.get(item.id);
    if (before !== undefined) return refuse(record, header, [duplicate(record, item.id, before)]);
    const misfit = amounts.take(item, amount, record.line);
    if (misfit !== undefined) return refuse(record, header, [misfit]);
    lines.set(item.id, record.line);
    items.push(item);
    if (items.length > (options.maxRows ?? MAX_ROWS))
      throw new UnreadableFile(
        'too-large',
        `more than ${options.maxRows ?? MAX_ROWS} rows: split the file, e.g. by month`,
      );
  };

  return {
    sawText: (text) => void (controls ||= CONTROL.test(text)),
    take(record, { declared }) {
      if (rules !== undefined) return row(record, rules);
      if (declared && /^sep=/i.test(record.cells[0] ?? '')) return;
      rules = { header: headerOf(record.cells, record.line, options), ...fixed };
    },
    end() {
      if (rules === undefined)
        throw new UnreadableFile('empty-file', 'the file is empty; its first line must name the columns');
      amounts.decide();
      return { items, refused };
    },
  };
}

function brokenRow({ cells, line, fault, breaks }: CsvRecord, { width }: Header): Problem | undefined {
  if (cells.length === width && fault === null) return undefined;
  // Other rows may be inside: called a bad row, they would be set aside with it unseen.
  if (breaks > 0)
    throw new UnreadableFile(
      'unclosed-quote',
      `a quote in the row beginning here swallows the lines to ${line + breaks}: close it, or double it where it belongs to the text`,
      { line },
    );
  return fault === null ? raggedRow(line, cells.length, width) : problemAt(line, null, 'malformed-row', fault);
}

const duplicate = ({ line }: CsvRecord, id: string, before: number): Problem =>
  problemAt(line, 'id', 'duplicate-id', `the id ${shown(id)} is that of line ${before} already`);

function dateOption(format: string | undefined): DateReader {
  const reader = dateReader(format);
  if (typeof reader === 'string') throw new UnreadableFile('bad-option', reader);
  return reader;
}

/** A file has few days. */
function remembered(reader: DateReader): DateReader {
  const days = new Map<string, string>();
  return (cell) => {
    const known = days.get(cell);
    if (known !== undefined) return known;
    const day = reader(cell);
    if (days.size < MOST_SHARED) days.set(cell, day);
    return day;
  };
}

const MOST_SHARED = 100_000;

function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same === undefined && known.size < MOST_SHARED) known.set(text, text);
    return same ?? text;
  };
}

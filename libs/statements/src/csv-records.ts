import { UnreadableFile } from './problem.ts';

/** A row of cells, before anybody knows what they mean. */
export interface CsvRecord {
  /** Where it begins, the first line of the file is 1. */
  readonly line: number;
  /** Line breaks that its quoted cells hold. */
  readonly breaks: number;
  readonly cells: readonly string[];
  /** Why it is no proper row, when text follows a closing quote. */
  readonly fault: string | null;
}

export interface RecordReader {
  /** Takes the next piece of the text and hands on the records that are whole. @throws UnreadableFile */
  push(text: string): void;
  /** The text has ended. @throws UnreadableFile `unclosed-quote` */
  end(): void;
}

/** Longest record in characters: what an unclosed quote may swallow before it is called one. */
export const MAX_RECORD = 1_000_000;

/**
 * Splits CSV text into records as RFC 4180 has it: cells in double quotes may hold separators, line breaks and doubled quotes.
 * A quote inside an unquoted cell is a character like any other. Lines end with LF or CRLF, with CR alone when `newline` says
 * so. Lines without any text are no records. Own code instead of a parser that stops at the first malformed row: here each
 * has to be named, with the line where it begins.
 */
export function recordReader(
  separator: string,
  newline: '\n' | '\r',
  onRecord: (record: CsvRecord) => void,
): RecordReader {
  let rest = '';
  let line = 1;

  const consume = (text: string, final: boolean): void => {
    let at = 0;
    let nextQuote = text.indexOf('"');
    while (at < text.length) {
      if (nextQuote !== -1 && nextQuote < at) nextQuote = text.indexOf('"', at);
      const end = text.indexOf(newline, at);
      if (end === -1 && !final) break;
      const stop = end === -1 ? text.length : end;
      if (nextQuote === -1 || nextQuote > stop) {
        plainLine(text.slice(at, stop));
        line += 1;
        at = stop + 1;
        continue;
      }
      const quoted = quotedRecord(text, at, separator, newline, final);
      if (quoted === undefined) break;
      const { next, ...record } = quoted;
      if (!isBlank(record.cells)) onRecord({ line, ...record });
      line += record.breaks + 1;
      at = next;
    }
    rest = text.slice(at);
    if (rest.length > MAX_RECORD) throw tooLong(rest, line);
  };

  const plainLine = (text: string): void => {
    const cells = (newline === '\n' && text.endsWith('\r') ? text.slice(0, -1) : text).split(separator);
    if (!isBlank(cells)) onRecord({ line, breaks: 0, cells, fault: null });
  };

  return {
    push: (text) => consume(rest === '' ? text : rest + text, false),
    end: () => {
      consume(rest, true);
      if (rest !== '') throw unclosed(line);
    },
  };
}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

interface QuotedRecord extends Omit<CsvRecord, 'line'> {
  readonly next: number;
}

/** Cell by cell; undefined when the text ends before the record does. */
function quotedRecord(
  text: string,
  start: number,
  separator: string,
  newline: string,
  final: boolean,
): QuotedRecord | undefined {
  const cells: string[] = [];
  let fault: string | null = null;
  let breaks = 0;
  let at = start;
  for (;;) {
    const quoted = text[at] === '"' ? quotedCell(text, at) : { value: '', next: at };
    if (quoted === undefined) return undefined;
    const end = cellEnd(text, quoted.next, separator, newline);
    if (end === text.length && !final) return undefined;
    const isLast = text[end] !== separator;
    const tail = text.slice(quoted.next, isLast && newline === '\n' && text[end - 1] === '\r' ? end - 1 : end);
    if (quoted.next > at && tail.trim() !== '') fault ??= `cell ${cells.length + 1} goes on after its closing quote`;
    cells.push(quoted.value + (quoted.next > at ? tail.trim() : tail));
    breaks += quoted.next > at ? count(text.slice(at, quoted.next), newline) : 0;
    at = end + 1;
    if (isLast) return { cells, fault, breaks, next: at };
  }
}

/** The value of the cell whose opening quote is at `start`, and where it ends; undefined when it is not closed yet. */
function quotedCell(text: string, start: number): { value: string; next: number } | undefined {
  let close = text.indexOf('"', start + 1);
  let doubled = false;
  while (close !== -1 && text[close + 1] === '"') {
    doubled = true;
    close = text.indexOf('"', close + 2);
  }
  if (close === -1) return undefined;
  const value = text.slice(start + 1, close);
  return { value: doubled ? value.replaceAll('""', '"') : value, next: close + 1 };
}

function cellEnd(text: string, from: number, separator: string, newline: string): number {
  const [mark, end] = [text.indexOf(separator, from), text.indexOf(newline, from)];
  const last = end === -1 ? text.length : end;
  return mark === -1 || mark > last ? last : mark;
}

const count = (text: string, part: string): number => text.split(part).length - 1;

function tooLong(rest: string, line: number): UnreadableFile {
  if (rest.includes('"')) return unclosed(line);
  return new UnreadableFile('too-large', `a line is longer than ${MAX_RECORD} characters: this is no CSV file`, {
    line,
  });
}

function unclosed(line: number): UnreadableFile {
  const reason =
    'a quote that is opened in the row beginning here is never closed; the rows behind it cannot be told apart';
  return new UnreadableFile('unclosed-quote', reason, { line });
}

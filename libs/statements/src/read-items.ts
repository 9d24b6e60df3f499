import type { Item } from '@tieout/matching';
import { looksLikeXml, readCamt053 } from './camt053.ts';
import { csvReader, type CsvOptions } from './csv-items.ts';
import { csvStatement } from './csv-statement.ts';
import { textStream, type Encoding } from './encoding.ts';
import { UnreadableFile, type Problem, type RefusedRow } from './problem.ts';
import type { Statement } from './statement.ts';
import { MAX_XML } from './xml.ts';

export const FORMATS = ['csv', 'camt.053'] as const;
export type Format = (typeof FORMATS)[number];

export interface ReadOptions extends CsvOptions {
  /** Told by the content, unless said. */
  readonly format?: Format;
  readonly encoding?: Encoding;
  /** Whose the lines of a CSV are, when they become a statement. */
  readonly account?: string;
}

/** What a file holds. */
export interface Reading {
  readonly format: Format;
  readonly items: readonly Item[];
  /** With one of these nothing of the file may be used, and the rest is empty. */
  readonly problems: readonly Problem[];
  /** Rows and entries that are no items, each with what is wrong and what it said. */
  readonly refused: readonly RefusedRow[];
  /** Of camt.053. */
  readonly statements: readonly Statement[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Reads a file to its end; rejects only when the chunks do. CSV is not held as a whole, its items are. */
export async function readItems(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Reading> {
  const reader = itemsReader(options);
  for await (const chunk of chunks) if (!reader.push(chunk)) break;
  return reader.end();
}

/** The same for a file at hand, as statements: those of camt.053, or all rows of a CSV as one statement without balances. */
export function parseStatements(
  bytes: Uint8Array,
  options: ReadOptions = {},
): Pick<Reading, 'statements' | 'problems' | 'refused' | 'notes'> {
  const reader = itemsReader(options);
  reader.push(bytes);
  const { format, items, ...rest } = reader.end();
  const isRows = format === 'csv' && rest.problems.length === 0;
  return isRows ? { ...rest, statements: csvStatement(items, options.account ?? '') } : rest;
}

interface ItemsReader {
  /** @returns false when the file is known to be of no use */
  push(bytes: Uint8Array): boolean;
  end(): Reading;
}

const NOTHING: Omit<Reading, 'format' | 'problems'> = { items: [], refused: [], statements: [], notes: [] };
/** Bytes that show what a file is. */
const ENOUGH = 512;

export function itemsReader(options: ReadOptions): ItemsReader {
  let first: Buffer = Buffer.alloc(0);
  let content: Content | undefined;
  let problem: Problem | undefined;
  const guarded = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      problem ??= error.problem;
      return undefined;
    }
  };
  const push = (bytes: Uint8Array): void => {
    if (content !== undefined) return content.push(bytes);
    first = Buffer.concat([first, bytes]);
    if (first.length >= ENOUGH) begin();
  };
  const begin = (): Content => {
    content = contentOf(first, options);
    content.push(first);
    return content;
  };
  return {
    push(bytes) {
      if (problem === undefined) guarded(() => push(bytes));
      return problem === undefined;
    },
    end() {
      const reading = problem === undefined ? guarded(() => (content ?? begin()).end()) : undefined;
      return (
        reading ?? { ...NOTHING, format: content?.format ?? 'csv', problems: problem === undefined ? [] : [problem] }
      );
    },
  };
}

interface Content {
  readonly format: Format;
  push(bytes: Uint8Array): void;
  end(): Reading;
}

function contentOf(first: Buffer, options: ReadOptions): Content {
  if (first.length === 0) throw new UnreadableFile('empty-file', 'the file is empty');
  const start = first.toString('latin1').replace(/^\u00ef\u00bb\u00bf|[\u0000\u00fe\u00ff]/g, '');
  const format = options.format ?? (looksLikeXml(start) ? 'camt.053' : 'csv');
  const text = textStream(options.encoding ?? (format === 'csv' ? undefined : declaredEncoding(start)));
  return format === 'csv' ? csvContent(text, options) : xmlContent(text);
}

function csvContent(text: ReturnType<typeof textStream>, options: CsvOptions): Content {
  const csv = csvReader(options);
  return {
    format: 'csv',
    push: (bytes) => csv.push(text.push(bytes)),
    end() {
      csv.push(text.end());
      return { ...NOTHING, ...csv.end(), format: 'csv', problems: [] };
    },
  };
}

function xmlContent(text: ReturnType<typeof textStream>): Content {
  const parts: string[] = [];
  let length = 0;
  return {
    format: 'camt.053',
    push(bytes) {
      const part = text.push(bytes);
      length += part.length;
      if (length > MAX_XML)
        throw new UnreadableFile('too-large', `more than ${MAX_XML} characters of XML; split it by statement`);
      parts.push(part);
    },
    end() {
      const file = readCamt053(parts.join('') + text.end());
      const usable = file.problems.length === 0;
      const items = usable ? file.statements.flatMap(({ lines }) => lines) : [];
      return { ...file, ...(usable ? {} : NOTHING), items, format: 'camt.053' };
    },
  };
}

/** What the XML says of itself is no guess. */
function declaredEncoding(start: string): Encoding | undefined {
  const name = /^\s*<\?xml[^>]*encoding=["']([\w.-]+)["']/i.exec(start)?.[1]?.toLowerCase() ?? 'utf-8';
  if (['utf-8', 'utf8', 'us-ascii', 'ascii', 'utf-16'].includes(name)) return undefined; // a byte order mark tells UTF-16
  if (['iso-8859-1', 'latin1', 'windows-1252', 'cp1252'].includes(name)) return 'windows-1252';
  throw new UnreadableFile('wrong-encoding', `the XML says that its encoding is ${name}; save it as UTF-8`);
}

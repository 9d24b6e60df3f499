import { recordReader } from './csv-records.ts';
import { problemAt, shown, UnreadableFile, type Problem } from './problem.ts';

/** Columns with a meaning, as their names are compared: see `normalized`. */
export const COLUMNS = {
  id: 'id',
  date: 'date',
  amount: 'amount',
  currency: 'currency',
  reference: 'reference',
  counterparty: 'counterparty',
  text: 'text',
  legalEntity: 'legalentity',
  reverses: 'reverses',
} as const;
export type Column = keyof typeof COLUMNS;
const REQUIRED: readonly Column[] = ['id', 'date', 'amount', 'currency'];
const SEPARATORS = [',', ';', '\t'] as const;
const MOST_COLUMNS = 500;

const LONGEST: Readonly<Record<Column, number>> = {
  id: 255,
  date: 40,
  amount: 80,
  currency: 20,
  reference: 1_000,
  counterparty: 1_000,
  text: 10_000,
  legalEntity: 255,
  reverses: 255,
};
const LONGEST_OTHER = 10_000;

export interface HeaderOptions {
  /** What the file calls a column of ours, e.g. `{ id: 'Voucher' }`. */
  readonly columns?: Readonly<Partial<Record<Column, string>>>;
  /** Currency of every row of a file that does not say it. */
  readonly currency?: string;
}

/** Where the cells of a row are. */
export interface Header {
  readonly width: number;
  readonly positions: Readonly<Partial<Record<Column, number>>>;
  /** Columns that are kept as evidence, by the name that the file gives them. */
  readonly others: readonly { readonly name: string; readonly position: number }[];
  readonly names: readonly string[];
  /** Of every position, what a cell may be at most. */
  readonly limits: readonly { readonly name: string; readonly longest: number }[];
}

/** How a file is written, as its beginning shows. */
export interface Dialect {
  readonly separator: string;
  readonly newline: '\n' | '\r';
  /** The first line is `sep=;`, by which Excel is told. */
  readonly declared: boolean;
}

/** @param start at least the first two lines, or the whole file */
export function dialectOf(start: string, options: HeaderOptions): Dialect {
  const [lf, cr] = [start.indexOf('\n'), start.indexOf('\r')];
  const newline = cr !== -1 && start[cr + 1] !== '\n' && (lf === -1 || cr < lf) ? '\r' : '\n';
  const first = start.split(newline).find((line) => line.trim() !== '') ?? '';
  const declared = /^"?sep=(.)"?\r?$/i.exec(first)?.[1];
  if (declared !== undefined) return { separator: declared, newline, declared: true };
  const scored = SEPARATORS.map((separator) => {
    const cells = headerCells(first, separator, newline);
    const known = cells.filter((cell) => columnOf(cell, options) !== undefined).length;
    return { separator, score: known * (MOST_COLUMNS + 1) + cells.length };
  });
  const { separator } = scored.reduce((best, one) => (one.score > best.score ? one : best));
  return { separator, newline, declared: false };
}

function headerCells(line: string, separator: string, newline: '\n' | '\r'): readonly string[] {
  let cells: readonly string[] = [];
  const reader = recordReader(separator, newline, (record) => void (cells = record.cells));
  try {
    reader.push(line);
    reader.end();
  } catch {
    return []; // its quote is closed on a later line: the reader of the file sees it
  }
  return cells;
}

/** @throws UnreadableFile of the first thing that is wrong with it, `problems` gets the others */
export function headerOf(cells: readonly string[], line: number, options: HeaderOptions): Header {
  const names = cells.map((cell) => cell.trim());
  if (names.length > MOST_COLUMNS) throw new UnreadableFile('too-large', `more than ${MOST_COLUMNS} columns`, { line });
  const positions: Partial<Record<Column, number>> = {};
  const others: { name: string; position: number }[] = [];
  const taken = new Set<string>();
  for (const [position, name] of names.entries()) {
    const column = columnOf(name, options);
    const key = column === undefined ? `other ${name}` : column;
    if (taken.has(key))
      throw new UnreadableFile('duplicate-column', `the header names ${shown(name)} twice`, { line, column: name });
    if (name !== '') taken.add(key);
    if (column !== undefined) positions[column] = position;
    else others.push({ name: name === '' ? `column ${position + 1}` : name, position });
  }
  const missing = missingColumns(positions, names, line, options);
  if (missing !== undefined) throw missing;
  const limits = names.map((name) => {
    const column = columnOf(name, options);
    return { name: column ?? name, longest: column === undefined ? LONGEST_OTHER : LONGEST[column] };
  });
  return { width: names.length, positions, others, names, limits };
}

function missingColumns(
  positions: Header['positions'],
  names: readonly string[],
  line: number,
  options: HeaderOptions,
): UnreadableFile | undefined {
  const missing = REQUIRED.filter((column) => positions[column] === undefined).filter(
    (column) => column !== 'currency' || options.currency === undefined,
  );
  const [first] = missing;
  if (first === undefined) return undefined;
  const called = missing.map((column) => options.columns?.[column] ?? column).join(', ');
  const found = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ');
  const reason = `the header has no ${called}; it has ${shown(found)}. Columns with other names can be told by --columns`;
  return new UnreadableFile('missing-column', reason, { line, column: first });
}

/** Case, spaces, hyphens and underscores make no difference. */
const normalized = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

function columnOf(name: string, { columns = {} }: HeaderOptions): Column | undefined {
  const told = Object.entries(columns).find(([, called]) => normalized(called) === normalized(name));
  if (told !== undefined) return told[0] as Column;
  const known = (Object.keys(COLUMNS) as Column[]).find((column) => COLUMNS[column] === normalized(name));
  return known === undefined || columns[known] !== undefined ? undefined : known;
}

/** Kept beside the header: what is wrong with a row as a whole. */
export function raggedRow(line: number, cells: number, width: number): Problem {
  const reason = `the row has ${cells} cells, the header ${width}; a separator inside a cell needs quotes around the cell`;
  return problemAt(line, null, 'ragged-row', reason);
}

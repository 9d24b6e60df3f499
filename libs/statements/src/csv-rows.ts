import { isCurrency, type DecimalString } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import type { Header } from './csv-header.ts';
import type { CsvRecord } from './csv-records.ts';
import { isDay, type DateReader } from './date-text.ts';
import { amountText, type AmountText } from './decimal-text.ts';
import { problemAt, shown, type Problem, type ProblemCode } from './problem.ts';

/** An item whose amount waits until the file has shown its decimal mark. */
export interface Draft {
  readonly item: Mutable<Item>;
  readonly amount: AmountText;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const NO_FIELDS: Item['fields'] = Object.freeze({});

export interface RowRules {
  readonly header: Header;
  readonly date: DateReader;
  /** Of every row, when the file has no column for it. */
  readonly currency: string | undefined;
  /** One copy of each text that repeats, so that a million rows hold few. */
  readonly shared: (text: string) => string;
}

/**
 * One row: what it says, or everything that is wrong with it. It runs a million times, so it makes no function or array for a
 * row in which nothing is wrong.
 */
export function draftOf(record: CsvRecord, rules: RowRules, mayHoldControls: boolean): Draft | readonly Problem[] {
  const { header, shared } = rules;
  const { cells } = record;
  const { positions } = header;
  const id = cellAt(cells, positions.id);
  const currency = shared(cellAt(cells, positions.currency).toUpperCase() || rules.currency || '');
  const amount = amountText(cellAt(cells, positions.amount), currency);
  const written = cellAt(cells, positions.date);
  const date = written === '' ? null : rules.date(written);
  let problems = textProblems(record, header, mayHoldControls);
  if (id === '') problems = wrong(problems, record, 'id', 'missing-id', NO_ID);
  if (!isCurrency(currency)) problems = wrong(problems, record, 'currency', 'bad-currency', notACurrency(currency));
  if (typeof amount === 'string') problems = wrong(problems, record, 'amount', 'bad-amount', amount);
  if (date !== null && !isDay(date)) problems = wrong(problems, record, 'date', 'bad-date', date);
  if (problems !== undefined || typeof amount === 'string') return problems ?? [];
  const item = {
    id,
    amount: '0' as DecimalString,
    currency,
    date,
    reference: cellAt(cells, positions.reference) || null,
    counterparty: shared(cellAt(cells, positions.counterparty)) || null,
    text: cellAt(cells, positions.text) || null,
    legalEntity: shared(cellAt(cells, positions.legalEntity)) || null,
    reverses: cellAt(cells, positions.reverses) || null,
    changedAt: null,
    fields: fieldsOf(record, header),
  };
  return { item, amount };
}

const NO_ID = 'the id is missing: without it the row cannot be named in the result';

const cellAt = (cells: readonly string[], position: number | undefined): string =>
  position === undefined ? '' : cells[position]!.trim();

function wrong(
  problems: Problem[] | undefined,
  { line }: CsvRecord,
  column: string,
  code: ProblemCode,
  reason: string,
): Problem[] {
  return [...(problems ?? []), problemAt(line, column, code, reason)];
}

function textProblems(record: CsvRecord, { limits }: Header, mayHoldControls: boolean): Problem[] | undefined {
  let problems: Problem[] | undefined;
  for (let at = 0; at < limits.length; at += 1) {
    const { name, longest } = limits[at]!;
    const text = record.cells[at]!;
    if (text.length > longest)
      problems = wrong(
        problems,
        record,
        name,
        'field-too-long',
        `${text.length} characters, at most ${longest} are taken`,
      );
    if (mayHoldControls && CONTROL.test(text))
      problems = wrong(problems, record, name, 'control-character', `${shown(text)} has a character that no text has`);
  }
  return problems;
}

function fieldsOf({ cells }: CsvRecord, { others }: Header): Item['fields'] {
  if (others.length === 0) return NO_FIELDS;
  const stated = others
    .map(({ name, position }) => [name, cells[position]!.trim()] as const)
    .filter(([, text]) => text);
  return Object.fromEntries(stated);
}

const notACurrency = (text: string): string =>
  text === '' ? 'the currency is missing' : `${shown(text)} is not an ISO 4217 currency code such as EUR`;

/** A row as it was, by the names of the header. */
export function cellsOf({ cells }: CsvRecord, { names }: Header): Readonly<Record<string, string>> {
  return Object.fromEntries(cells.map((text, at) => [names[at] || `column ${at + 1}`, text]));
}

/** Something in a file that is not as it must be, with all that a person needs to find and mend it. */
export interface Problem {
  /** For a person: `line 7`, `statement 2, entry 14`, or `the file`. */
  readonly at: string;
  /** Line of the file (1 is the first), null where lines say nothing, as in XML. */
  readonly line: number | null;
  readonly column: string | null;
  /** What programs compare; closed list. */
  readonly code: ProblemCode;
  /** A sentence: what is wrong and what to do about it. */
  readonly reason: string;
}

export type ProblemCode =
  // of the file
  | 'empty-file'
  | 'unreadable-file'
  | 'not-text'
  | 'wrong-encoding'
  | 'missing-column'
  | 'duplicate-column'
  | 'unclosed-quote'
  | 'too-large'
  | 'too-many-bad-rows'
  | 'ambiguous-decimals'
  | 'contradicting-decimals'
  | 'bad-option'
  | 'malformed-xml'
  | 'unsupported-document'
  // of a row or an entry
  | 'ragged-row'
  | 'malformed-row'
  | 'control-character'
  | 'field-too-long'
  | 'missing-id'
  | 'duplicate-id'
  | 'bad-amount'
  | 'bad-date'
  | 'bad-currency'
  | 'bad-rate'
  // of statements
  | 'missing-balance'
  | 'incomplete-statement'
  | 'duplicate-statement'
  | 'overlapping-days'
  | 'missing-days'
  | 'missing-page';

/** A row or entry that is no item; what it said is kept, so that nothing is lost. */
export interface RefusedRow {
  readonly line: number | null;
  readonly id: string | null;
  readonly problems: readonly Problem[];
  /** Column name to text, as the file has it. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Ends the reading of a file of which nothing can be used. Caught inside this library: callers get the problem. */
export class UnreadableFile extends Error {
  readonly problem: Problem;
  constructor(code: ProblemCode, reason: string, where: { line?: number; column?: string } = {}) {
    super(reason);
    this.problem = problemAt(where.line ?? null, where.column ?? null, code, reason);
  }
}

export function problemAt(line: number | null, column: string | null, code: ProblemCode, reason: string): Problem {
  return { at: line === null ? 'the file' : `line ${line}`, line, column, code, reason };
}

/** For files where lines say nothing. @param where e.g. `statement 2, entry 14` */
export function problemOf(where: string, code: ProblemCode, reason: string): Problem {
  return { at: where, line: null, column: null, code, reason };
}

/** A cell in a message: quoted, and no longer than a line. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

import type { Item } from '@tieout/matching';
import type { Problem, RefusedRow, Statement } from '@tieout/statements';

/**
 * - used: its lines are items of the comparisons that take its account
 * - incomplete: some lines cannot be read, so none is used
 * - withdrawn: it counts for nothing
 */
export type StatementStatus = 'used' | 'incomplete' | 'withdrawn';

/** A file that somebody handed in, as the API shows it. */
export interface StatementFile {
  readonly statementId: string;
  /** Name that we know the account by. */
  readonly account: string;
  readonly format: string;
  /** SHA-256 of the file, hex. */
  readonly contentHash: string;
  readonly status: StatementStatus;
  /** What is wrong with its lines and balances; the days of an account are proven over all of its statements. */
  readonly problems: readonly Problem[];
  readonly putBy: string;
  readonly putAt: string;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
}

/** What the bank states of one account and some days; a file may hold several. */
export type StatementPart = Omit<Statement, 'lines'> & { readonly lineCount: number };

export const partOf = ({ lines, ...statement }: Statement): StatementPart => ({
  ...statement,
  lineCount: lines.length,
});

/** What the bank states, for proofs that need no lines. */
export const withoutLines = ({ lineCount: _lineCount, ...part }: StatementPart): Statement => ({ ...part, lines: [] });

/** Days and balances that a person adds to a file that does not say them, as a CSV does not. */
export interface StatedBalances {
  readonly opening?: string | undefined;
  readonly closing?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What the file says itself is not overruled. */
export function withBalances(statements: readonly Statement[], stated: StatedBalances): readonly Statement[] {
  const [only] = statements;
  if (only === undefined || statements.length > 1) return statements;
  const from = stated.from ?? only.from;
  const to = stated.to ?? only.to;
  return [
    {
      ...only,
      ...{ from, to, opening: only.opening ?? stated.opening ?? null, closing: only.closing ?? stated.closing ?? null },
      statementId: only.opening === null ? `${from ?? ''}/${to ?? ''}` : only.statementId,
    },
  ];
}

/** Lines as items of an account: an id is unique over all statements of all accounts. */
export const linesOf = (account: string, { lines }: Statement): readonly Item[] =>
  lines.map((line) => ({ ...line, id: `${account}/${line.id}`, fields: { ...line.fields, account } }));

/** Problems of single lines, as a list. */
export const problemsOfRows = (refused: readonly RefusedRow[]): readonly Problem[] =>
  refused.flatMap(({ problems }) => problems);

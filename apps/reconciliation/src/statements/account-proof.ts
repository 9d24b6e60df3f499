import { statementChain } from '@tieout/statements';
import type { Problem } from '@tieout/statements';
import { withoutLines } from './statement.ts';
import type { StatementPart, StatementStatus } from './statement.ts';

/** A statement of an account that counts, or that would count if all of its lines could be read. */
export interface AccountPart {
  readonly account: string;
  readonly statementId: string;
  readonly status: Exclude<StatementStatus, 'withdrawn'>;
  /** What is wrong with the lines of its file. */
  readonly problems: readonly Problem[];
  /** Null of a file of which no statement could be read. */
  readonly part: StatementPart | null;
}

export interface AccountProof {
  /** Why the statements do not prove that they tell everything; empty when they do. */
  readonly problems: readonly string[];
  /** Last day that is told of every account, YYYY-MM-DD. */
  readonly coveredTo: string | null;
}

/** Whether the statements of some accounts tell all that happened on them: opening + lines = closing, no day missing or told twice. */
export function provenAccounts(parts: readonly AccountPart[]): AccountProof {
  if (parts.length === 0) return { problems: ['no statement was handed in'], coveredTo: null };
  const problems = unreadable(parts);
  const used = parts.flatMap(({ status, part, account }) =>
    status === 'used' && part !== null ? [{ account, part }] : [],
  );
  const lastDays: string[] = [];
  for (const [account, some] of Map.groupBy(used, (one) => one.account)) {
    for (const { at, reason } of statementChain(some.map(({ part }) => withoutLines(part))))
      problems.push(`${account}: ${at}: ${reason}`);
    const last = some.map(({ part }) => part.to ?? '').reduce((a, b) => (b > a ? b : a));
    if (last === '') problems.push(`${account}: its statements do not say which days they cover`);
    else lastDays.push(last);
  }
  return { problems, coveredTo: lastDays.length === 0 ? null : lastDays.reduce((a, b) => (b < a ? b : a)) };
}

function unreadable(parts: readonly AccountPart[]): string[] {
  const bad = parts.filter(({ status }) => status === 'incomplete');
  const first = new Map(bad.map((one) => [one.statementId, one]));
  return [...first.values()].map(({ account, statementId, problems }) => {
    const [problem] = problems;
    const why = problem === undefined ? 'it cannot be read' : `${problem.at}: ${problem.reason}`;
    return `${account}: statement ${statementId} is not used, withdraw it or hand in a corrected one: ${why}`;
  });
}

const CLASHES = new Set(['overlapping-days', 'duplicate-statement']);

/** Days that a new file would tell a second time; a gap is no clash, the missing statement may come. */
export function clashes(existing: readonly StatementPart[], added: readonly StatementPart[]): readonly Problem[] {
  const of = (parts: readonly StatementPart[]): Problem[] =>
    statementChain(parts.map(withoutLines)).filter(({ code }) => CLASHES.has(code));
  const before = new Set(of(existing).map(({ at, reason }) => `${at} ${reason}`));
  return of([...existing, ...added]).filter(({ at, reason }) => !before.has(`${at} ${reason}`));
}

import { add, compare, subtract } from '@tieout/canonical';
import { problemOf, type Problem, type ProblemCode } from './problem.ts';
import type { Statement } from './statement.ts';

/**
 * Proves that the statements tell all that happened on their accounts: each adds up from its opening to its closing balance, and
 * each account's statements follow each other without a day missing or told twice. What it cannot prove it names: matching an
 * incomplete side would cry wolf. Days without a statement are no problem while the balance has not moved over them.
 */
export function statementChain(statements: readonly Statement[]): readonly Problem[] {
  const problems = statements.flatMap((statement) => statementProblems(statement));
  const accounts = Map.groupBy(statements, ({ account, currency }) => `${account} ${currency}`);
  for (const of of accounts.values()) problems.push(...chainProblems(of.toSorted(inOrder)));
  return problems;
}

/** One statement: opening + entries = closing. */
export function statementProblems(statement: Statement): readonly Problem[] {
  const { opening, closing, moved, currency } = statement;
  if (opening === null || closing === null) {
    const which = opening === null ? (closing === null ? 'opening and closing' : 'opening') : 'closing';
    return [
      problemIn(
        statement,
        'missing-balance',
        `it has no ${which} balance: that all entries are there cannot be proven`,
      ),
    ];
  }
  const expected = add(opening, moved);
  if (compare(expected, closing) === 0) return [];
  const difference = subtract(closing, expected);
  return [
    problemIn(
      statement,
      'incomplete-statement',
      `opening ${opening} and entries ${moved} make ${expected} ${currency}, the closing balance is ${closing}: entries for ${difference} are missing or wrong`,
    ),
  ];
}

function inOrder(a: Statement, b: Statement): number {
  const days = (one: Statement): string => `${one.from ?? ''} ${one.to ?? ''}`;
  if (days(a) !== days(b)) return days(a) < days(b) ? -1 : 1;
  if (a.sequence !== b.sequence) return (a.sequence ?? 0) - (b.sequence ?? 0);
  return a.statementId < b.statementId ? -1 : 1;
}

function chainProblems(statements: readonly Statement[]): Problem[] {
  const problems: Problem[] = [];
  const ids = new Set<string>();
  let last: Statement | undefined;
  for (const next of statements) {
    const problem = ids.has(next.statementId)
      ? problemIn(next, 'duplicate-statement', 'there is another statement with this id')
      : last && between(last, next);
    ids.add(next.statementId);
    if (problem !== undefined) problems.push(problem);
    // A statement that is told twice does not move the chain on; an overlapping one may reach further.
    if (problem?.code === 'duplicate-statement') continue;
    last = last === undefined || (next.to ?? '') >= (last.to ?? '') ? next : last;
  }
  return problems;
}

function between(last: Statement, next: Statement): Problem | undefined {
  if (isSame(last, next))
    return problemIn(next, 'duplicate-statement', `it tells the same days as ${nameOf(last)} again`);
  const follows = last.closing !== null && next.opening !== null && compare(last.closing, next.opening) === 0;
  if (overlaps(last, next, follows))
    return problemIn(
      next,
      'overlapping-days',
      `its days ${daysOf(next)} overlap those of ${nameOf(last)}, ${daysOf(last)}`,
    );
  if (last.sequence !== null && next.sequence !== null && next.sequence > last.sequence + 1)
    return problemIn(
      next,
      'missing-days',
      `numbers ${last.sequence + 1} to ${next.sequence - 1} are missing before it`,
    );
  if (follows || last.closing === null || next.opening === null) return undefined;
  return problemIn(
    next,
    'missing-days',
    `it opens with ${next.opening} ${next.currency}, ${nameOf(last)} (${daysOf(last)}) closed with ${last.closing}: what happened between them is missing`,
  );
}

function isSame(a: Statement, b: Statement): boolean {
  const same =
    a.from === b.from && a.to === b.to && a.opening === b.opening && a.closing === b.closing && a.moved === b.moved;
  return same && a.from !== null && a.sequence === b.sequence;
}

/** Several statements that share a day are in order while each opens with what the one before closed with, and goes on from there. */
function overlaps(last: Statement, next: Statement, follows: boolean): boolean {
  if (last.to === null || next.from === null || next.to === null || next.from > last.to) return false;
  const goesOn = next.to > last.to || last.from === last.to;
  return !(follows && next.from === last.to && goesOn);
}

const nameOf = ({ statementId }: Statement): string => `statement ${statementId}`;

const daysOf = ({ from, to }: Statement): string =>
  from === to ? (from ?? 'unknown') : `${from ?? ''} to ${to ?? ''}`;

const problemIn = (statement: Statement, code: ProblemCode, reason: string): Problem =>
  problemOf(`account ${statement.account}, ${nameOf(statement)}`, code, reason);

import { createHash, randomUUID } from 'node:crypto';
import { contentHash } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import { appendAudits, inTransaction } from '@tieout/messaging';
import type { Outbox } from '@tieout/messaging';
import { parseStatements, statementProblems } from '@tieout/statements';
import type { Format, Problem, ReadOptions, Statement } from '@tieout/statements';
import type { DataSource, EntityManager } from 'typeorm';
import { takesAccount } from '../comparisons/comparison.ts';
import { requestComparisonRun } from '../comparisons/comparison-run.store.ts';
import { awaitFullRun, listComparisons, lockComparison } from '../comparisons/comparison.store.ts';
import { placed } from '../comparisons/item-row.ts';
import { putItems, removeItems } from '../comparisons/item.store.ts';
import { clashes } from './account-proof.ts';
import { linesOf, partOf, problemsOfRows, withBalances } from './statement.ts';
import type { StatedBalances, StatementFile } from './statement.ts';
import {
  endStatement,
  findContent,
  findStatement,
  insertStatement,
  knownLines,
  linesOfStatement,
  lockAccount,
  usedParts,
} from './statement.store.ts';

export interface StatementDesk {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
}

export interface HandedIn {
  readonly account: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
  readonly reading: Omit<ReadOptions, 'format' | 'account'>;
  readonly balances: StatedBalances;
}

export type PutResult =
  | { readonly what: 'new' | 'known'; readonly statement: StatementFile }
  /** Nothing of the file can be used, or it tells again what is told already. */
  | { readonly what: 'unreadable' | 'clash'; readonly problems: readonly Problem[] };

/**
 * Takes a file in once: the same content again is the same statement. Every comparison that takes the account is made anew by a full
 * run, which proves first that no day is missing; until then nothing is decided about it.
 */
export async function putStatement(desk: StatementDesk, file: HandedIn, actor: string): Promise<PutResult> {
  const { account, format, bytes } = file;
  const hash = createHash('sha256').update(bytes).update(JSON.stringify(file.balances)).digest('hex');
  const { statements: read, problems, refused } = parseStatements(bytes, { ...file.reading, format, account });
  const statements = withBalances(read, file.balances);
  return inTransaction(desk.dataSource, async (tx): Promise<PutResult> => {
    await lockAccount(tx, account);
    const known = await findContent(tx, account, hash);
    if (known !== null) return { what: 'known', statement: known };
    if (problems.length > 0) return { what: 'unreadable', problems };
    const bad = problemsOfRows(refused);
    const clash = bad.length > 0 ? [] : await clashesWith(tx, account, statements);
    if (clash.length > 0) return { what: 'clash', problems: clash };
    const all = [...bad, ...statements.flatMap(statementProblems)];
    const status = bad.length > 0 ? ('incomplete' as const) : ('used' as const);
    const head = { statementId: randomUUID(), account, format, contentHash: hash, status, problems: all };
    await store(desk, tx, head, bad.length > 0 ? [] : statements, actor);
    return { what: 'new', statement: (await findStatement(tx, head.statementId)) as StatementFile };
  });
}

type Head = Pick<StatementFile, 'statementId' | 'account' | 'format' | 'contentHash' | 'status' | 'problems'>;

async function store(
  { outbox }: StatementDesk,
  tx: EntityManager,
  head: Head,
  statements: readonly Statement[],
  actor: string,
): Promise<void> {
  const at = new Date().toISOString();
  const parts = statements.map((one) => ({ part: partOf(one), lines: linesOf(head.account, one) }));
  await insertStatement(tx, { ...head, putBy: actor, putAt: at }, parts);
  await feed(tx, head.account, { put: parts.flatMap(({ lines }) => lines) });
  const after = contentHash({ ...head, problems: head.problems.length });
  const details = { account: head.account, contentHash: head.contentHash, status: head.status };
  await audit(outbox, tx, {
    ...{ id: head.statementId, action: 'put', actor, reason: null, at },
    before: null,
    after,
    details,
  });
}

async function clashesWith(
  tx: EntityManager,
  account: string,
  statements: readonly Statement[],
): Promise<readonly Problem[]> {
  const existing = (await usedParts(tx, account)).flatMap(({ status, part }) =>
    status === 'used' && part ? [part] : [],
  );
  const found = clashes(existing, statements.map(partOf));
  if (found.length > 0) return found;
  const ids = await knownLines(
    tx,
    statements.flatMap((one) => linesOf(account, one).map(({ id }) => id)),
  );
  return ids.map((id) => {
    const reason = `line ${id} stands in another statement of the account already; ids of lines must be unique per account`;
    return { at: 'the file', line: null, column: 'id', code: 'duplicate-id' as const, reason };
  });
}

/** Takes a statement out of everything; null when there is none with this id. */
export async function withdrawStatement(
  { dataSource, outbox }: StatementDesk,
  statementId: string,
  act: { readonly actor: string; readonly reason: string },
): Promise<{ readonly done: boolean; readonly statement: StatementFile } | null> {
  return inTransaction(dataSource, async (tx) => {
    const found = await findStatement(tx, statementId);
    if (found === null) return null;
    await lockAccount(tx, found.account);
    const before = (await findStatement(tx, statementId)) as StatementFile;
    if (before.status === 'withdrawn') return { done: false, statement: before };
    const at = new Date().toISOString();
    const { actor, reason } = act;
    await endStatement(tx, statementId, { by: actor, at, reason });
    const statement = (await findStatement(tx, statementId)) as StatementFile;
    await feed(tx, before.account, { removed: (await linesOfStatement(tx, statementId)).map(({ id }) => id) });
    const hashes = { before: contentHash(before), after: contentHash(statement) };
    await audit(outbox, tx, {
      ...{ id: statementId, action: 'withdrawn', actor, reason, at },
      ...hashes,
      details: { account: before.account },
    });
    return { done: true, statement };
  });
}

/** Items of the comparisons that take the account; each of them waits for a full run then. */
async function feed(
  tx: EntityManager,
  account: string,
  { put = [], removed = [] }: { readonly put?: readonly Item[]; readonly removed?: readonly string[] },
): Promise<void> {
  const all = await listComparisons(tx);
  const taking = all.filter(({ definition }) => definition.sides.some((side) => takesAccount(side, account)));
  for (const { comparisonId } of taking.toSorted((a, b) => a.comparisonId - b.comparisonId)) {
    // Whoever activates it holds it: then either it has these lines already, or they come to it here.
    const comparison = await lockComparison(tx, comparisonId);
    if (comparison === null || comparison.state === 'inactive' || comparison.rules === null) continue;
    const { ruleSet } = comparison.rules;
    for (const [side, one] of comparison.definition.sides.entries()) {
      if (!takesAccount(one, account)) continue;
      await putItems(
        tx,
        comparisonId,
        put.map((item) => placed(item, side, ruleSet)),
      );
      await removeItems(tx, comparisonId, side, removed);
    }
    await awaitFullRun(tx, [comparisonId]);
    await requestComparisonRun(tx, { runId: randomUUID(), comparisonId, trigger: 'statement', asOf: null });
  }
}

interface AuditedAct {
  readonly id: string;
  readonly action: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: string;
  readonly before: string | null;
  readonly after: string;
  readonly details: Readonly<Record<string, string>>;
}

async function audit(outbox: Outbox, tx: EntityManager, act: AuditedAct): Promise<void> {
  const { id, action, actor, reason, at, before, after, details } = act;
  const entry = { targetType: 'statement', targetId: id, action, actor, role: 'operator', reason, at, details };
  await appendAudits(tx, outbox, [{ ...entry, beforeHash: before, afterHash: after }]);
}

import type { Item } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import type { AccountPart } from './account-proof.ts';
import type { StatementFile, StatementPart } from './statement.ts';

const UTC = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const FILE = `statement_id AS "statementId", account, format, content_hash AS "contentHash", status, problems, put_by AS "putBy",
  ${UTC('put_at')} AS "putAt", ended_by AS "endedBy", ${UTC('ended_at')} AS "endedAt", end_reason AS "endReason"`;
const PART = `p.bank_account AS account, p.bank_statement_id AS "statementId", p.sequence, p.currency,
  to_char(p.from_day, 'YYYY-MM-DD') AS "from", to_char(p.to_day, 'YYYY-MM-DD') AS "to", p.opening, p.closing, p.moved,
  p.line_count AS "lineCount"`;
/** `$1`: account, or a beginning of it that ends in `*`. */
const OF_ACCOUNTS = `(CASE WHEN right($1::text, 1) = '*' THEN starts_with(f.account, left($1, -1)) ELSE f.account = $1 END)`;

/** Nobody else hands in or withdraws statements of the account until the transaction ends. */
export async function lockAccount(tx: EntityManager, account: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`statements:${account}`]);
}

/** The statement with this content that was not withdrawn. */
export async function findContent(
  tx: EntityManager,
  account: string,
  contentHash: string,
): Promise<StatementFile | null> {
  const rows = await tx.query<StatementFile[]>(
    `SELECT ${FILE} FROM statement_file WHERE account = $1 AND content_hash = $2 AND status <> 'withdrawn'`,
    [account, contentHash],
  );
  return rows[0] ?? null;
}

export async function findStatement(tx: EntityManager, statementId: string): Promise<StatementFile | null> {
  const rows = await tx.query<StatementFile[]>(`SELECT ${FILE} FROM statement_file WHERE statement_id = $1`, [
    statementId,
  ]);
  return rows[0] ?? null;
}

export interface StatementQuery {
  readonly account: string | null;
  readonly limit: number;
  readonly after: { readonly putAt: string; readonly statementId: string } | null;
}

/** Newest first, one row more than asked for when there is a next page. */
export function listStatements(tx: EntityManager, { account, limit, after }: StatementQuery): Promise<StatementFile[]> {
  return tx.query<StatementFile[]>(
    `SELECT ${FILE} FROM statement_file
     WHERE ($1::text IS NULL OR account = $1)
       AND ($2::timestamptz IS NULL OR (date_trunc('milliseconds', put_at), statement_id) < ($2, $3::uuid))
     ORDER BY date_trunc('milliseconds', put_at) DESC, statement_id DESC LIMIT $4`,
    [account, after?.putAt ?? null, after?.statementId ?? null, limit + 1],
  );
}

export function partsOf(tx: EntityManager, statementId: string): Promise<StatementPart[]> {
  return tx.query<StatementPart[]>(`SELECT ${PART} FROM statement_part p WHERE statement_id = $1 ORDER BY part`, [
    statementId,
  ]);
}

/** Statements of accounts that were not withdrawn, with the parts of each. */
export async function usedParts(tx: EntityManager, accounts: string): Promise<AccountPart[]> {
  const rows = await tx.query<(AccountPart & { ourAccount: string; fileId: string; bank: StatementPart | null })[]>(
    `SELECT f.account AS "ourAccount", f.statement_id AS "fileId", f.status, f.problems, to_jsonb(q) AS bank
     FROM statement_file f LEFT JOIN LATERAL
       (SELECT ${PART} FROM statement_part p WHERE p.statement_id = f.statement_id ORDER BY part) q ON true
     WHERE ${OF_ACCOUNTS} AND f.status <> 'withdrawn' ORDER BY f.account, f.put_at`,
    [accounts],
  );
  return rows.map(({ ourAccount, fileId, status, problems, bank }) => ({
    ...{ account: ourAccount, statementId: fileId, status, problems, part: bank },
  }));
}

/** Accounts that have statements which were not withdrawn. */
export async function accountsOf(tx: EntityManager, accounts: string): Promise<readonly string[]> {
  const rows = await tx.query<{ account: string }[]>(
    `SELECT DISTINCT f.account FROM statement_file f WHERE ${OF_ACCOUNTS} AND f.status <> 'withdrawn' ORDER BY 1`,
    [accounts],
  );
  return rows.map(({ account }) => account);
}

export type NewStatement = Omit<StatementFile, 'endedBy' | 'endedAt' | 'endReason'>;

export async function insertStatement(
  tx: EntityManager,
  file: NewStatement,
  parts: readonly { readonly part: StatementPart; readonly lines: readonly Item[] }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO statement_file (statement_id, account, format, content_hash, status, problems, put_by, put_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[file.statementId, file.account, file.format, file.contentHash, file.status],
      ...[JSON.stringify(file.problems), file.putBy, file.putAt],
    ],
  );
  for (const [index, { part, lines }] of parts.entries()) {
    await tx.query(
      `INSERT INTO statement_part (statement_id, part, bank_account, bank_statement_id, sequence, currency, from_day, to_day,
         opening, closing, moved, line_count)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[file.statementId, index, part.account, part.statementId, part.sequence, part.currency, part.from, part.to],
        ...[part.opening, part.closing, part.moved, part.lineCount],
      ],
    );
    await tx.query(
      `INSERT INTO statement_line (statement_id, part, item_id, item)
       SELECT $1, $2, i->>'id', i FROM jsonb_array_elements($3::jsonb) i`,
      [file.statementId, index, JSON.stringify(lines)],
    );
  }
}

export async function endStatement(
  tx: EntityManager,
  statementId: string,
  end: { readonly by: string; readonly at: string; readonly reason: string },
): Promise<void> {
  await tx.query(
    `UPDATE statement_file SET status = 'withdrawn', ended_by = $2, ended_at = $3, end_reason = $4 WHERE statement_id = $1`,
    [statementId, end.by, end.at, end.reason],
  );
}

/** Ids among these that a statement in use has already, at most some. */
export async function knownLines(tx: EntityManager, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT DISTINCT item_id AS id FROM statement_line JOIN statement_file USING (statement_id)
     WHERE status <> 'withdrawn' AND item_id = ANY($1::text[]) ORDER BY 1 LIMIT 20`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

export async function linesOfStatement(tx: EntityManager, statementId: string): Promise<readonly Item[]> {
  const rows = await tx.query<{ item: Item }[]>(
    `SELECT item FROM statement_line WHERE statement_id = $1 ORDER BY part, item_id`,
    [statementId],
  );
  return rows.map(({ item }) => item);
}

/** Lines of all statements of accounts that are used, a statement at a time. */
export async function* linesOfAccounts(tx: EntityManager, accounts: string): AsyncIterable<readonly Item[]> {
  const files = await tx.query<{ id: string }[]>(
    `SELECT f.statement_id AS id FROM statement_file f WHERE ${OF_ACCOUNTS} AND f.status = 'used' ORDER BY f.put_at`,
    [accounts],
  );
  for (const { id } of files) yield await linesOfStatement(tx, id);
}

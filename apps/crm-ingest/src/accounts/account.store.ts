import type { CustomerState } from '@tieout/connector-salesforce';
import type { EntityManager } from 'typeorm';
import { toKnown, type KnownRow, type KnownVersion } from '../changes/known-version.ts';
import type { Hold } from '../exceptions/exception.ts';
import type { Candidate } from './standing.ts';

/** A row of crm_account. */
export interface StoredAccount extends Candidate {
  readonly customerId: string;
  readonly customer: CustomerState | null;
}

/** An account as it was just read and mapped. */
export interface ReadAccount {
  readonly accountId: string;
  readonly customerId: string;
  readonly number: string | null;
  readonly name: string;
  readonly createdAt: string;
  readonly stamp: string;
  /** Not after it was read, by the org's clock. */
  readonly readAt: string;
  readonly deleted: boolean;
  readonly customer: CustomerState | null;
  readonly problem: Hold | null;
}

/** What is left to decide of an account after `standings`. */
export interface NewStanding {
  readonly accountId: string;
  readonly onTopic: boolean;
  readonly publishedNumber: string | null;
  /** Kind of the exception that holds it out. */
  readonly heldKind: string | null;
}

/** What was read of these accounts last, by id. */
export async function knownAccounts(
  tx: EntityManager,
  instance: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownVersion>> {
  const rows = await tx.query<KnownRow[]>(
    `SELECT account_id AS id, stamp, read_at AS "readAt" FROM crm_account WHERE instance = $1 AND account_id = ANY($2)`,
    [instance, ids],
  );
  return new Map(rows.map(toKnown));
}

/** Accounts that could not be mapped when they were read last: a mapping that is changed meanwhile may take them. */
export async function refusedAccounts(tx: EntityManager, instance: string): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT account_id AS id FROM crm_account WHERE instance = $1 AND problem IS NOT NULL ORDER BY 1`,
    [instance],
  );
  return rows.map(({ id }) => id);
}

/**
 * What an account is now. One that is new here may be on the topic already, when this database was lost: revisions are
 * restored from the topic before anything is read, so they tell.
 */
export async function saveRead(tx: EntityManager, instance: string, accounts: readonly ReadAccount[]): Promise<void> {
  await tx.query(
    `INSERT INTO crm_account
       (instance, account_id, customer_id, account_number, name, created_at, stamp, read_at, deleted, customer, problem,
        on_topic)
     SELECT $1, r."accountId", r."customerId", r.number, r.name, r."createdAt", r.stamp, r."readAt", r.deleted, r.customer, r.problem,
       EXISTS (SELECT 1 FROM state_revision s
         WHERE s.topic = 'finance.customer.v1' AND s.key = r."customerId"::text AND s.revision > 0)
     FROM jsonb_to_recordset($2::jsonb) AS r ("accountId" text, "customerId" uuid, number text, name text,
       "createdAt" timestamptz, stamp timestamptz, "readAt" timestamptz, deleted boolean, customer jsonb, problem jsonb)
     ON CONFLICT (instance, account_id) DO UPDATE SET
       account_number = excluded.account_number, name = excluded.name, stamp = excluded.stamp,
       read_at = greatest(crm_account.read_at, excluded.read_at),
       deleted = excluded.deleted, customer = excluded.customer, problem = excluded.problem`,
    [instance, JSON.stringify(accounts)],
  );
}

/** An account that is known of and could not be read was purged: it is gone as it was known. */
export async function markPurged(
  tx: EntityManager,
  instance: string,
  ids: readonly string[],
  readAt: string,
): Promise<void> {
  await tx.query(
    `UPDATE crm_account SET deleted = true, problem = NULL, read_at = greatest(read_at, $3),
            customer = jsonb_set(customer, '{lifecycle}', '"DELETED"')
     WHERE instance = $1 AND account_id = ANY($2)`,
    [instance, ids, readAt],
  );
}

/** These accounts, every one that is held, and whoever stands under a number that one of them wants or has. */
export async function loadConcerned(
  tx: EntityManager,
  instance: string,
  ids: readonly string[],
): Promise<readonly StoredAccount[]> {
  return tx.query<StoredAccount[]>(
    `WITH concerned AS (
       SELECT * FROM crm_account WHERE instance = $1 AND (account_id = ANY($2) OR held_kind IS NOT NULL)),
     wanted AS (SELECT account_number AS number FROM concerned UNION SELECT published_number FROM concerned)
     SELECT account_id AS "accountId", customer_id AS "customerId", account_number AS number, name,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "createdAt", deleted, customer, problem,
       published_number AS "publishedNumber", on_topic AS "onTopic"
     FROM crm_account
     WHERE instance = $1 AND (account_id IN (SELECT account_id FROM concerned)
       OR published_number IN (SELECT number FROM wanted WHERE number IS NOT NULL))
     ORDER BY account_id`,
    [instance, ids],
  );
}

export async function saveStandings(
  tx: EntityManager,
  instance: string,
  standings: readonly NewStanding[],
): Promise<void> {
  await tx.query(
    `UPDATE crm_account a SET on_topic = s."onTopic", published_number = s."publishedNumber",
       held_kind = s."heldKind"
     FROM jsonb_to_recordset($2::jsonb) AS s ("accountId" text, "onTopic" boolean, "publishedNumber" text, "heldKind" text)
     WHERE a.instance = $1 AND a.account_id = s."accountId"`,
    [instance, JSON.stringify(standings)],
  );
}

/** Accounts on the topic, and held out by kind. */
export async function accountCounts(
  tx: EntityManager,
): Promise<readonly { readonly state: string; readonly count: number }[]> {
  return tx.query<{ state: string; count: number }[]>(
    `SELECT state, count(*)::int AS count FROM (
       SELECT coalesce(held_kind, CASE WHEN deleted THEN 'deleted' ELSE 'published' END) AS state FROM crm_account) s
     GROUP BY state ORDER BY state`,
  );
}

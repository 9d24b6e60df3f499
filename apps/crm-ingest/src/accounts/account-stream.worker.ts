import {
  positionOf,
  type AccountPosition,
  type AccountStamp,
  type SalesforceClient,
} from '@tieout/connector-salesforce';
import { inTransaction, type Outbox, type StreamSpec } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import {
  loadConcerned,
  knownVersions,
  markPurged,
  saveRead,
  saveStandings,
  type ReadAccount,
} from './account.store.ts';
import { decide, isUnread, readAccount } from './ingest.ts';

/** Where the stream stands. */
export interface AccountCursor {
  /** Last account listed in the order (stamp, id). */
  readonly position: AccountPosition | null;
  /** The org's clock at the beginning of the last complete listing, or of the first one while that is under way. */
  readonly listedAt: string | null;
}

export interface AccountStreamOptions {
  readonly instance: string;
  readonly client: SalesforceClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly intervalMs: number;
  /** An account can appear this long after its stamp: a transaction commits after it has stamped. */
  readonly overlapSeconds: number;
  readonly onRead: (accounts: number) => void;
}

const PAGE = 2_000;
/** A stamp is the beginning of the second in which the change was made. */
const STAMP_MS = 1_000;
/** Cursor writes that only move the clock are not worth a transaction each. */
const IDLE_ADVANCE_MS = 5_000;

/**
 * Accounts to customers: the first listing is the snapshot, every further one the changes since, in one order, so there is
 * no gap between the two. A listing begins an overlap before the last one and reads only what it has not seen.
 */
export function accountStream(options: AccountStreamOptions): StreamSpec<AccountCursor> {
  return {
    instance: options.instance,
    stream: 'account',
    intervalMs: options.intervalMs,
    async poll({ cursor, signal, advance }) {
      const windowMs = options.overlapSeconds * 1_000 + STAMP_MS;
      let after = startOf(cursor, windowMs);
      let reached = cursor?.position ?? null;
      let listedAt: Date | undefined;
      for (let more = true; more;) {
        const page = await options.client.changedAccounts(after, PAGE, signal);
        listedAt ??= page.askedAt;
        more = page.records.length === PAGE;
        const last = page.records.at(-1);
        after = last === undefined ? after : positionOf(last);
        reached = later(reached, after);
        // The clock counts only once the listing is complete; until then the next poll begins where this one did.
        const next = { position: reached, listedAt: (more && cursor?.listedAt) || listedAt.toISOString() };
        const listed = { page: page.records, askedAt: listedAt, windowMs };
        await ingestPage(options, listed, signal, (tx) => advance(tx, next), isDue(cursor, next));
      }
      return 'end';
    },
  };
}

function startOf(cursor: AccountCursor | null, windowMs: number): AccountPosition | null {
  if (cursor?.position == null || cursor.listedAt === null) return cursor?.position ?? null;
  const edge = new Date(Date.parse(cursor.listedAt) - windowMs).toISOString();
  return edge < cursor.position.stamp ? { stamp: edge, id: null } : cursor.position;
}

function later(a: AccountPosition | null, b: AccountPosition | null): AccountPosition | null {
  if (a === null || b === null) return a ?? b;
  const order = a.stamp === b.stamp ? (a.id ?? '') < (b.id ?? '') : a.stamp < b.stamp;
  return order ? b : a;
}

function isDue(stored: AccountCursor | null, next: AccountCursor): boolean {
  if (stored?.listedAt == null || next.listedAt === null) return true;
  return Date.parse(next.listedAt) - Date.parse(stored.listedAt) >= IDLE_ADVANCE_MS;
}

interface Listed {
  readonly page: readonly AccountStamp[];
  /** When the listing began: the next one begins a window before it, and meets again whatever was younger than that. */
  readonly askedAt: Date;
  readonly windowMs: number;
}

async function ingestPage(
  options: AccountStreamOptions,
  { page, askedAt, windowMs }: Listed,
  signal: AbortSignal,
  advance: (tx: EntityManager) => Promise<void>,
  due: boolean,
): Promise<void> {
  const { instance, client, dataSource } = options;
  const versions = page.map((record) => ({ id: record.Id, stamp: positionOf(record).stamp }));
  const known = await knownVersions(
    dataSource.manager,
    instance,
    versions.map(({ id }) => id),
  );
  const unread = versions.filter((version) => isUnread(version, known.get(version.id), askedAt, windowMs));
  if (unread.length === 0 && !due) return;
  const ids = unread.map(({ id }) => id);
  const { records } = await client.accountsById(ids, signal);
  const read = records.map((account) => readAccount(account, instance, askedAt));
  const found = new Set(read.map(({ accountId }) => accountId));
  const purged = ids.filter((id) => !found.has(id));
  await inTransaction(dataSource, async (tx) => {
    await advance(tx);
    if (ids.length > 0) await store(options, tx, read, purged);
  });
  options.onRead(read.length);
}

async function store(
  { instance, outbox }: AccountStreamOptions,
  tx: EntityManager,
  read: readonly ReadAccount[],
  purged: readonly string[],
): Promise<void> {
  await saveRead(tx, instance, read);
  if (purged.length > 0) await markPurged(tx, instance, purged);
  const ids = [...read.map(({ accountId }) => accountId), ...purged];
  const decision = decide(instance, await loadConcerned(tx, instance, ids), new Date().toISOString());
  await saveStandings(tx, instance, decision.standings);
  await outbox.publishState(
    tx,
    'finance.customer.v1',
    decision.customers.map((value) => ({ key: value.customerId, value })),
  );
  await outbox.publishState(
    tx,
    'finance.cross-reference.v1',
    decision.crossReferences.map((value) => ({ key: value.crossReferenceId, value })),
  );
  await outbox.publishState(
    tx,
    'finance.exception.v1',
    decision.exceptions.map((value) => ({ key: value.exceptionId, value })),
  );
}

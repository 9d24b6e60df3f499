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
  markPurged,
  saveRead,
  saveStandings,
  unreadAccounts,
  type ReadAccount,
} from './account.store.ts';
import { decide, readAccount } from './ingest.ts';

/** Where the stream stands. */
export interface AccountCursor {
  /** Last account listed in the order (stamp, id). */
  readonly position: AccountPosition | null;
  /** The org's clock at the beginning of the last complete listing. */
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
      let after = startOf(cursor, options.overlapSeconds);
      let reached = cursor?.position ?? null;
      let listedAt: Date | undefined;
      for (let more = true; more;) {
        const page = await options.client.changedAccounts(after, PAGE, signal);
        listedAt ??= page.readAt;
        more = page.records.length === PAGE;
        const last = page.records.at(-1);
        after = last === undefined ? after : positionOf(last);
        reached = later(reached, after);
        // The clock counts only once the listing is complete; until then the next poll begins where this one did.
        const next = { position: reached, listedAt: more ? (cursor?.listedAt ?? null) : listedAt.toISOString() };
        await ingestPage(options, page.records, signal, (tx) => advance(tx, next), isDue(cursor, next));
      }
      return 'end';
    },
  };
}

function startOf(cursor: AccountCursor | null, overlapSeconds: number): AccountPosition | null {
  if (cursor?.position == null || cursor.listedAt === null) return cursor?.position ?? null;
  const edge = new Date(Date.parse(cursor.listedAt) - overlapSeconds * 1_000).toISOString();
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

async function ingestPage(
  options: AccountStreamOptions,
  page: readonly AccountStamp[],
  signal: AbortSignal,
  advance: (tx: EntityManager) => Promise<void>,
  due: boolean,
): Promise<void> {
  const { instance, client, dataSource } = options;
  const versions = page.map((record) => ({ id: record.Id, stamp: positionOf(record).stamp }));
  const ids = await unreadAccounts(dataSource.manager, instance, versions);
  if (ids.length === 0 && !due) return;
  const { records, readAt } = await client.accountsById(ids, signal);
  const read = records.map((account) => readAccount(account, instance, readAt));
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

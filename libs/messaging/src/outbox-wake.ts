import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

interface Waker {
  /** Wakes the relay of this process; false when it does not lead. */
  local: () => boolean;
  notifying: boolean;
  again: boolean;
}

const wakers = new WeakMap<DataSource, Waker>();
/** Whose transaction has written events. */
const writing = new WeakSet<QueryRunner>();

/**
 * Wakes the relay once the transaction is committed: the one of this process directly, another replica's by NOTIFY. Never from
 * within the transaction: PostgreSQL lets only one transaction of the server that has notified commit at a time, which made
 * 16 writers two and a half times slower (docs/decisions/0010). Of the notifications that many commits want, one is under
 * way at a time. When one is lost (a crash right after the commit) the relay looks by itself within a second.
 */
export function wakeAfterCommit(tx: EntityManager): void {
  const { queryRunner } = tx;
  if (queryRunner?.isTransactionActive) {
    wakerOf(tx.dataSource);
    writing.add(queryRunner);
  } else wake(tx.dataSource);
}

/** The relay that runs in this process beside the service. */
export function setLocalRelay(dataSource: DataSource, wakeLocal: () => boolean): void {
  wakerOf(dataSource).local = wakeLocal;
}

function wakerOf(dataSource: DataSource): Waker {
  const known = wakers.get(dataSource);
  if (known) return known;
  const waker: Waker = { local: () => false, notifying: false, again: false };
  wakers.set(dataSource, waker);
  dataSource.subscribers.push({
    afterTransactionCommit({ queryRunner }) {
      // Also called for a savepoint, inside the transaction.
      if (!queryRunner.isTransactionActive && writing.delete(queryRunner)) wake(dataSource);
    },
  });
  return waker;
}

function wake(dataSource: DataSource): void {
  const waker = wakerOf(dataSource);
  if (waker.local()) return;
  waker.again = true;
  if (!waker.notifying) void notify(dataSource, waker);
}

async function notify(dataSource: DataSource, waker: Waker): Promise<void> {
  waker.notifying = true;
  while (waker.again) {
    waker.again = false;
    await dataSource.query(`SELECT pg_notify(outbox_channel(), '')`).catch(() => undefined);
  }
  waker.notifying = false;
}

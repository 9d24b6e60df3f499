import pg from 'pg';
import { TransientError } from './errors.ts';
import type { SqlRunner } from './outbox.store.ts';

/** Server-side limit: a frozen leader stops pinging and the server itself frees its lock. */
const IDLE_TIMEOUT_MS = 10_000;
const PING_MS = 3_000;
/**
 * The outbox is small, but for what was deleted since the last vacuum: without statistics the planner reads all of that
 * again for each batch (118 ms of PostgreSQL for 50,000 deleted rows). In id order only what is left is read.
 */
const IN_ID_ORDER = '-c enable_seqscan=off -c enable_bitmapscan=off -c max_parallel_workers_per_gather=0';

/**
 * The relay's dedicated connection: it holds the session lock, reads and deletes the outbox, and listens for new rows, so
 * that whoever lost the lock can also no longer touch the outbox. It must be direct: behind a transaction-pooling proxy a
 * session lock belongs to nobody.
 */
export interface RelayLock extends SqlRunner {
  /** Rows may have arrived. */
  wake(): void;
  /** What woke us up to now is served by the read that follows. */
  beforeReading(): void;
  /** Resolves when rows may have arrived since the last read, at the latest after `timeoutMs`. */
  waitForRows(timeoutMs: number): Promise<void>;
  release(): Promise<void>;
}

export interface RelayLockOptions {
  readonly connectionString: string;
  readonly schema: string;
  readonly service: string;
}

/** Tries once; null when another replica of the service holds the lock. */
export async function tryRelayLock(options: RelayLockOptions): Promise<RelayLock | null> {
  const client = await connect(options);
  try {
    const held = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held', [
      `tieout outbox relay ${options.schema}`,
    ]);
    if (held.rows[0]?.held) return await holdLock(client);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}

/** A plain connection to a service's schema, for whoever administers its outbox. */
export async function connectRelay(options: RelayLockOptions): Promise<SqlRunner & { end(): Promise<void> }> {
  const client = await connect(options);
  return {
    query: async <R>(sql: string, parameters: unknown[]) => (await client.query(sql, parameters)).rows as R[],
    end: () => client.end(),
  };
}

async function connect({ connectionString, schema, service }: RelayLockOptions): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: `${service}-relay`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
    options: `-c search_path=${schema} -c idle_session_timeout=${IDLE_TIMEOUT_MS} ${IN_ID_ORDER}`,
  });
  client.on('error', () => undefined); // surfaces at the next query; without a listener it would end the process
  await client.connect();
  return client;
}

async function holdLock(client: pg.Client): Promise<RelayLock> {
  const channel = await client.query<{ name: string }>('SELECT outbox_channel() AS name');
  await client.query(`LISTEN ${client.escapeIdentifier(channel.rows[0]?.name ?? 'outbox')}`);
  let lost: Error | null = null;
  let notified = false;
  let wake = (): void => undefined;
  const lose = (error: Error): void => {
    lost ??= error;
    wake();
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('connection ended')));
  const notice = (): void => {
    notified = true;
    wake();
  };
  client.on('notification', notice);
  const ping = setInterval(() => void client.query('SELECT 1').catch(lose), PING_MS);
  return {
    async query<R>(sql: string, parameters: unknown[]): Promise<R[]> {
      if (lost) throw new TransientError('relay-lock-lost', `The relay's connection is gone: ${lost.message}`);
      return (await client.query(sql, parameters)).rows as R[];
    },
    wake: notice,
    beforeReading() {
      notified = false;
    },
    async waitForRows(timeoutMs) {
      if (notified || lost) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
    },
    async release() {
      clearInterval(ping);
      await client.end().catch(() => undefined);
    },
  };
}

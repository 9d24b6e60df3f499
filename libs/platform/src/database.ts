import { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import type { BaseConfig } from './base-config.ts';
import type { Logger } from './logging.ts';

export type MigrationClass = new () => MigrationInterface;
export interface DatabaseOptions {
  readonly service: string;
  readonly config: BaseConfig;
  readonly migrations: readonly MigrationClass[];
  readonly logger: Logger;
}

const CONNECT_ATTEMPTS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Connection refused, reset, host unknown yet, "starting up", "too many connections". */
const NOT_UP_YET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03', '53300']);

/**
 * Settings for a `pg` client or pool of this service: search path, application name, timeouts. Also what a part takes
 * that needs a connection of its own (a session lock, LISTEN); it must be a direct one, not a transaction-pooling proxy.
 */
export function databaseConnection(
  service: string,
  config: BaseConfig,
): {
  connectionString: string;
  application_name: string;
  options: string;
  statement_timeout: number;
  idle_in_transaction_session_timeout: number;
  connectionTimeoutMillis: number;
  keepAlive: boolean;
} {
  return {
    connectionString: config.DATABASE_URL,
    application_name: service,
    // Set by the server when the session starts: no pooled connection can be without it.
    options: `-c search_path=${config.DATABASE_SCHEMA}`,
    statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** Waits for the server, makes the schema when missing, runs the migrations under a lock, and returns the open pool. */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  const dataSource = createDataSource(options);
  const lock = await connectWithPatience(options);
  try {
    // Two replicas that start together would both run the first migration.
    await lock.query('SET statement_timeout = 0');
    await lock.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [
      `tieout-migrate:${options.config.DATABASE_SCHEMA}`,
    ]);
    await ensureSchema(lock, options.config.DATABASE_SCHEMA);
    await dataSource.initialize();
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    if (applied.length > 0) options.logger.info({ migrations: applied.map(({ name }) => name) }, 'migrated');
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  } finally {
    await lock.end();
  }
}

function createDataSource({ service, config, migrations, logger }: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: config.DATABASE_URL,
    schema: config.DATABASE_SCHEMA,
    applicationName: service,
    synchronize: false,
    logging: false,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    poolSize: config.DATABASE_POOL_SIZE,
    // Without a handler an idle connection that the server closes would end the process.
    poolErrorHandler: (error: unknown) => logger.warn({ err: error }, 'idle database connection lost'),
    extra: { ...databaseConnection(service, config), idleTimeoutMillis: 30_000 },
  });
}

async function connectWithPatience({ service, config, logger }: DatabaseOptions): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new Client(databaseConnection(`${service}-migrate`, config));
    client.on('error', (error) => logger.warn({ err: error }, 'migration connection lost'));
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (attempt >= CONNECT_ATTEMPTS || !NOT_UP_YET.has(errorCode(error))) throw error;
      logger.warn({ attempt, code: errorCode(error) }, 'database not reachable yet');
      await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** attempt, 3_000)));
    }
  }
}

const errorCode = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Looks before it creates: CREATE SCHEMA IF NOT EXISTS asks for the right to create even when there is nothing to do. */
async function ensureSchema(client: Client, schema: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (found.rowCount === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
}

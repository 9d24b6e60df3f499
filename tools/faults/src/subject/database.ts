import { messagingMigrations } from '@tieout/messaging';
import { DataSource } from 'typeorm';
import { EFFECT_TABLES } from './effect.store.ts';

export interface SubjectDatabase {
  readonly service: string;
  readonly databaseUrl: string;
  readonly schema: string;
  readonly poolSize?: number;
  readonly idleInTransactionMs?: number;
}

/** A pool as the platform's, on a schema that is there. The caller destroys it. */
export function openSubjectDatabase(
  { service, databaseUrl, schema, poolSize = 10, idleInTransactionMs = 60_000 }: SubjectDatabase,
  poolErrorHandler: (error: unknown) => void,
): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema,
    applicationName: service,
    migrations: messagingMigrations,
    migrationsTableName: 'migration',
    poolErrorHandler,
    extra: {
      max: poolSize,
      options: `-c search_path=${schema}`,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      keepAlive: true,
    },
  }).initialize();
}

/** Makes the schema with the library's tables and the subject's own; once per schema, before any subject starts. */
export async function createSubjectSchema(database: SubjectDatabase): Promise<void> {
  const bootstrap = await openSubjectDatabase({ ...database, schema: 'public' }, () => undefined);
  try {
    await bootstrap.query(`CREATE SCHEMA "${database.schema}"`);
  } finally {
    await bootstrap.destroy();
  }
  const dataSource = await openSubjectDatabase(database, () => undefined);
  try {
    await dataSource.runMigrations({ transaction: 'each' });
    for (const statement of EFFECT_TABLES) await dataSource.query(statement);
  } finally {
    await dataSource.destroy();
  }
}

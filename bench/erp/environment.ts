import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { postgresUrl, startStack } from '@tieout/stack';
import { inDatabase } from '../database.ts';

/** The stack of one run, with the contracts applied. */
export interface Environment {
  /** An empty database, and a quiet server: what the one before left to write is written. */
  freshDatabase(name: string): Promise<string>;
  /** What a service is started with, besides what is its own. */
  serviceEnvironment(databaseUrl: string): Record<string, string>;
  stop(): Promise<void>;
}

const REGISTRY_TIMEOUT_MS = 60_000;

export async function startEnvironment(log: (message: string) => void): Promise<Environment> {
  const stack = await startStack({ onProgress: log, postgresSettings: { max_wal_size: '4GB' } });
  const registry = { url: stack.registryUrl, timeoutMs: REGISTRY_TIMEOUT_MS };
  const { bundle: ids } = await applyContracts({ brokers: stack.brokers, registry });
  const bundle = join(mkdtempSync(join(tmpdir(), 'tieout-bench-')), 'schema-ids.json');
  writeBundle(bundle, ids!);
  return {
    async freshDatabase(name) {
      await inDatabase(postgresUrl(stack.postgres), async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${name}`);
        await client.query('CHECKPOINT');
      });
      return postgresUrl(stack.postgres, name);
    },
    serviceEnvironment: (databaseUrl) => ({
      LOG_LEVEL: 'error',
      KAFKA_BROKERS: stack.brokers.join(','),
      SCHEMA_REGISTRY_URL: stack.registryUrl,
      SCHEMA_BUNDLE: bundle,
      DATABASE_URL: databaseUrl,
      DATABASE_SCHEMA: 'erp_adapter',
    }),
    stop: () => stack.stop(),
  };
}

import { randomBytes } from 'node:crypto';
import { postgresUrl } from '@tieout/stack';
import pg from 'pg';
import { atEndOfFile } from './cleanup.ts';
import { stack } from './stack.ts';

/** A database of a test's own on the run's one server. */
export interface TestDatabase {
  readonly name: string;
  /** Connection string of the superuser. */
  readonly url: string;
  /** Drops it now and cuts whoever is connected; otherwise done when the spec file ends. */
  drop(): Promise<void>;
}

/** Creates an empty database, dropped when the spec file ends. The prefix only helps to recognise it. */
export async function createDatabase(prefix = 'test'): Promise<TestDatabase> {
  const name = `${prefix.replaceAll(/\W/g, '_').slice(0, 40)}_${randomBytes(6).toString('hex')}`;
  await runAsAdmin(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  const drop = () => runAsAdmin(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  atEndOfFile(drop);
  return { name, url: postgresUrl(stack().postgres, name), drop };
}

async function runAsAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(stack().postgres) });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

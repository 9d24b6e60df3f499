/** Roles, schemas and databases for docker compose: makes what the logins in these files need. May run again at any time. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { loginOf, type DatabaseLogin } from './database-login.ts';
import type { PostgresAddress } from './handle.ts';
import { provisionDatabase, provisionSchemas } from './provision.ts';

const {
  server: address,
  schemas,
  owned,
} = new Command('database')
  .description('The superuser is the one that PGUSER and PGPASSWORD name.')
  .requiredOption('--server <host:port>', 'the PostgreSQL server')
  .option(
    '--schemas <file...>',
    'files with a connection string whose role gets a schema of its own in its database',
    [],
  )
  .option('--owned <file...>', 'files with a connection string whose role owns its database', [])
  .showHelpAfterError()
  .parse()
  .opts<{ server: string; schemas: string[]; owned: string[] }>();

try {
  const server = superuser(address, process.env);
  const byDatabase = Map.groupBy(schemas.map(readLogin), ({ database }) => database);
  for (const [database, roles] of byDatabase) {
    await provisionSchemas(server, database, roles);
    console.log(`${database}: a schema each for ${roles.map(({ name }) => name).join(', ')}`);
  }
  for (const { database, ...owner } of owned.map(readLogin)) {
    await provisionDatabase(server, database, owner);
    console.log(`${database}: belongs to ${owner.name}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readLogin(file: string): DatabaseLogin {
  return loginOf(readFileSync(file, 'utf8'), file);
}

function superuser(address: string, { PGUSER: user, PGPASSWORD: password }: NodeJS.ProcessEnv): PostgresAddress {
  const [host, port, ...rest] = address.split(':');
  if (!host || !Number(port) || rest.length > 0) throw new Error(`${address} is not host:port`);
  if (!user || !password) throw new Error('PGUSER and PGPASSWORD must name the superuser');
  return { host, port: Number(port), user, password, database: 'postgres' };
}

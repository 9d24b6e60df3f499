import { randomBytes } from 'node:crypto';
import { postgresUrl, type PostgresAddress } from '@tieout/stack';
import pg from 'pg';

/** A database login of one service. */
export interface Login {
  readonly url: string;
  readonly schema: string;
}

const DATABASE = 'tieout';
const SANDBOX = 'sandbox';

/** One database for the services, each with a role and a schema of its own that nobody else can use. */
export async function provisionServices(
  server: PostgresAddress,
  services: readonly string[],
): Promise<ReadonlyMap<string, Login>> {
  await asAdmin(server, server.database, [
    `CREATE DATABASE ${DATABASE}`,
    `REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`,
  ]);
  const logins = new Map<string, Login>();
  const statements = ['REVOKE ALL ON SCHEMA public FROM PUBLIC'];
  for (const service of services) {
    const schema = service.replaceAll('-', '_');
    const password = randomBytes(18).toString('base64url');
    const role = pg.escapeIdentifier(schema);
    statements.push(
      `CREATE ROLE ${role} LOGIN NOINHERIT PASSWORD ${pg.escapeLiteral(password)}`,
      `GRANT CONNECT ON DATABASE ${DATABASE} TO ${role}`,
      `CREATE SCHEMA ${role} AUTHORIZATION ${role}`,
    );
    logins.set(service, { schema, url: postgresUrl({ ...server, user: schema, password }, DATABASE) });
  }
  await asAdmin(server, DATABASE, statements);
  return logins;
}

/** A database that the sandboxes own: the vendors' side, which no service can reach. */
export async function provisionSandboxes(server: PostgresAddress): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  await asAdmin(server, server.database, [
    `CREATE ROLE ${SANDBOX} LOGIN PASSWORD ${pg.escapeLiteral(password)}`,
    `CREATE DATABASE ${SANDBOX} OWNER ${SANDBOX}`,
    `REVOKE ALL ON DATABASE ${SANDBOX} FROM PUBLIC`,
  ]);
  return postgresUrl({ ...server, user: SANDBOX, password }, SANDBOX);
}

async function asAdmin(server: PostgresAddress, database: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(server, database) });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

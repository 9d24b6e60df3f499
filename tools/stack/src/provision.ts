import pg from 'pg';
import { postgresUrl, type PostgresAddress } from './handle.ts';

/** A role that shall be able to log in. */
export interface Role {
  readonly name: string;
  readonly password: string;
}

/**
 * One database for all these roles, each with a schema of its own name that nobody else can use. What exists stays as it is;
 * passwords become the given ones.
 */
export async function provisionSchemas(
  server: PostgresAddress,
  database: string,
  roles: readonly Role[],
): Promise<void> {
  await withClient(server, server.database, async (client) => {
    for (const role of roles) await ensureRole(client, role, 'LOGIN NOINHERIT');
    await ensureDatabase(client, database, null);
  });
  const inside = roles.flatMap(({ name }) => [
    `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${pg.escapeIdentifier(name)}`,
    `CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(name)} AUTHORIZATION ${pg.escapeIdentifier(name)}`,
  ]);
  await withClient(server, database, async (client) => {
    for (const statement of ['REVOKE ALL ON SCHEMA public FROM PUBLIC', ...inside]) await client.query(statement);
  });
}

/** A database that belongs to one role, and that no other role can reach. What exists stays as it is, as above. */
export async function provisionDatabase(server: PostgresAddress, database: string, owner: Role): Promise<void> {
  await withClient(server, server.database, async (client) => {
    await ensureRole(client, owner, 'LOGIN');
    await ensureDatabase(client, database, owner.name);
  });
}

async function ensureRole(client: pg.Client, { name, password }: Role, rights: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${pg.escapeIdentifier(name)} ${rights} PASSWORD ${pg.escapeLiteral(password)}`);
}

/** No `IF NOT EXISTS` for databases. */
async function ensureDatabase(client: pg.Client, database: string, owner: string | null): Promise<void> {
  const name = pg.escapeIdentifier(database);
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0)
    await client.query(`CREATE DATABASE ${name}${owner === null ? '' : ` OWNER ${pg.escapeIdentifier(owner)}`}`);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
}

async function withClient(
  server: PostgresAddress,
  database: string,
  use: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(server, database) });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

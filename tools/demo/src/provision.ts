import { randomBytes } from 'node:crypto';
import { postgresUrl, provisionDatabase, provisionSchemas, type PostgresAddress } from '@tieout/stack';

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
  const roles = services.map((service) => ({ service, name: service.replaceAll('-', '_'), password: newPassword() }));
  await provisionSchemas(server, DATABASE, roles);
  return new Map(
    roles.map(({ service, name, password }) => [
      service,
      { schema: name, url: postgresUrl({ ...server, user: name, password }, DATABASE) },
    ]),
  );
}

/** A database that the sandboxes own: the vendors' side, which no service can reach. */
export async function provisionSandboxes(server: PostgresAddress): Promise<string> {
  const password = newPassword();
  await provisionDatabase(server, SANDBOX, { name: SANDBOX, password });
  return postgresUrl({ ...server, user: SANDBOX, password }, SANDBOX);
}

function newPassword(): string {
  return randomBytes(18).toString('base64url');
}

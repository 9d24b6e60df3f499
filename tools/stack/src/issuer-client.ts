import { readFileSync } from 'node:fs';
import type { IssuerAddress } from './handle.ts';
import { NAMED_USER_GRANT, type NamedUser } from './issuer-server.ts';

const LIMIT_MS = 5_000;

/**
 * A bearer token of a stack's issuer: for a user by name, or without one for its client, as a program gets it.
 * @throws when the issuer does not answer or refuses
 */
export async function requestToken(issuer: IssuerAddress, user?: NamedUser): Promise<string> {
  const form = user === undefined ? { grant_type: 'client_credentials' } : namedUser(user);
  const secret = readFileSync(issuer.clientSecretFile, 'utf8').trim();
  const response = await fetch(`${issuer.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${issuer.clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`the issuer ${issuer.url} does not answer`, { cause });
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token !== undefined) return answer.access_token;
  throw new Error(`the issuer ${issuer.url} gives no token: ${answer.error_description ?? String(response.status)}`);
}

function namedUser({ subject, roles, lifetime }: NamedUser): Record<string, string> {
  return {
    grant_type: NAMED_USER_GRANT,
    username: subject,
    roles: roles.join(' '),
    ...(lifetime === undefined ? {} : { lifetime: String(lifetime) }),
  };
}

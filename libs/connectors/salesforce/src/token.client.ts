import { importPKCS8, SignJWT } from 'jose';
import { MisconfiguredError } from '@tieout/messaging';
import type { SalesforceConfig } from './config.ts';
import { failureOf, toError } from './failure.client.ts';
import { send } from './http.client.ts';

/** A token and the host of the org that it is for. */
export interface Session {
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** The org's id, 18 characters: the Pub/Sub API asks for it. */
  readonly tenantId: string;
}

/** A session tells nobody its age; it is dropped before the shortest time-out that an org can set. */
const MAX_AGE_MS = 14 * 60_000;
const ASSERTION_SECONDS = 180;

export interface SessionSource {
  /** The session in force, or a new one; callers at the same time share one request. */
  current(): Promise<Session>;
  /** Forgets a session that was refused; a newer one stays. */
  refused(session: Session): void;
}

export function createSessionSource(config: SalesforceConfig): SessionSource {
  let pending: Promise<Session> | undefined;
  let session: Session | undefined;
  let openedAt = 0;
  const open = async (): Promise<Session> => {
    session = await requestSession(config);
    openedAt = Date.now();
    return session;
  };
  return {
    async current() {
      if (session !== undefined && Date.now() - openedAt < MAX_AGE_MS) return session;
      pending ??= open().finally(() => (pending = undefined));
      return pending;
    },
    refused(old) {
      if (session?.accessToken === old.accessToken) session = undefined;
    },
  };
}

async function requestSession(config: SalesforceConfig): Promise<Session> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await assertion(config),
  });
  const url = `${config.loginUrl}/services/oauth2/token`;
  const answer = await send('token', url, { method: 'POST', body }, config.timeoutMs);
  if (answer.status !== 200) throw toError('token', failureOf(answer.status, answer.body));
  const { access_token, instance_url, id } = answer.body as { access_token: string; instance_url: string; id: string };
  return { accessToken: access_token, instanceUrl: instance_url, tenantId: tenantOf(id) };
}

/** The identity URL ends in /id/<org>/<user>. */
function tenantOf(identity: string): string {
  return /\/id\/(\w{18})\//.exec(identity)?.[1] ?? '';
}

async function assertion({ privateKeyPem, consumerKey, username, audience }: SalesforceConfig): Promise<string> {
  const key = await importPKCS8(privateKeyPem, 'RS256').catch((cause: unknown) => {
    throw new MisconfiguredError('salesforce-private-key', 'The Salesforce private key is no PKCS #8 RSA key in PEM', {
      cause,
    });
  });
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(consumerKey)
    .setSubject(username)
    .setAudience(audience)
    .setExpirationTime(`${ASSERTION_SECONDS}s`)
    .sign(key);
}

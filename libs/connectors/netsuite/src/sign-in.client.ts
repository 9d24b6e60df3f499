import { randomBytes } from 'node:crypto';
import { MisconfiguredError, TransientError } from '@tieout/messaging';
import { z } from 'zod';
import { clientAssertion } from './assertion.client.ts';
import type { NetSuiteCertificateConfig, NetSuiteConfig } from './config.ts';
import { authorizationHeader } from './token-auth.ts';

/** How calls sign in. */
export interface SignIn {
  /** `Authorization` of one call. */
  header(call: { readonly method: string; readonly url: URL }): Promise<string>;
  /** This header was refused. True when signing in again may help: it was not made for this call. */
  refused(header: string): boolean;
}

export function createSignIn(config: NetSuiteConfig, now: () => Date = () => new Date()): SignIn {
  if ('clientId' in config) return bearerSignIn(config, now);
  return {
    header: ({ method, url }) => {
      const timestamp = Math.floor(now().getTime() / 1000);
      const nonce = randomBytes(16).toString('hex');
      return Promise.resolve(authorizationHeader(config, { method, url, nonce, timestamp }));
    },
    // Each call has a signature of its own.
    refused: () => false,
  };
}

interface Token {
  readonly header: string;
  /** Milliseconds: a token is renewed before it ends, so that no call is refused for it. */
  readonly renewAt: number;
}

/** Share of a token's life after which the next one is asked for. */
const RENEW_AFTER = 0.9;

function bearerSignIn(config: NetSuiteCertificateConfig, now: () => Date): SignIn {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  const renew = async (): Promise<Token> => (token = await requestToken(config, now()));
  return {
    async header() {
      if (token !== undefined && now().getTime() < token.renewAt) return token.header;
      // Callers at the same time share one request.
      pending ??= renew().finally(() => (pending = undefined));
      return (await pending).header;
    },
    refused(header) {
      const known = token?.header === header;
      // A newer one stays.
      if (known) token = undefined;
      return true;
    },
  };
}

const tokenShape = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

async function requestToken(config: NetSuiteCertificateConfig, now: Date): Promise<Token> {
  const url = `${config.url}/services/rest/auth/oauth2/v1/token`;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await clientAssertion(config, url, now),
  });
  const { status, text } = await post(url, body, config.timeoutMs);
  if (status === 429 || status >= 500)
    throw new TransientError('netsuite-unavailable', `NetSuite token: HTTP ${status}`);
  const answer = tokenShape.safeParse(status === 200 ? parsed(text) : null);
  if (!answer.success)
    throw new MisconfiguredError('netsuite-login-refused', `NetSuite token: HTTP ${status} ${text.slice(0, 200)}`);
  const { access_token: accessToken, expires_in: seconds } = answer.data;
  return { header: `Bearer ${accessToken}`, renewAt: now.getTime() + seconds * 1000 * RENEW_AFTER };
}

async function post(url: string, body: URLSearchParams, timeoutMs: number): Promise<{ status: number; text: string }> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', redirect: 'error', body, signal });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new TransientError('netsuite-unreachable', 'NetSuite token: no answer', { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

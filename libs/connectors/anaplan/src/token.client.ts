import { DataError } from '@tieout/messaging';
import type { AnaplanConfig } from './config.ts';
import { toError } from './failure.client.ts';
import { type Answer, send } from './http.client.ts';

interface Token {
  readonly value: string;
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** A token is renewed when this part of its stated life is over; its life differs between tenants and years. */
const REFRESH_AT = 0.8;

export interface TokenSource {
  /** The token in force, renewed in time; callers at the same time share one request. */
  current(): Promise<string>;
  /** Forgets a token that was refused; a newer one stays. */
  refused(token: string): void;
}

export function createTokenSource(config: AnaplanConfig): TokenSource {
  let pending: Promise<string> | undefined;
  let token: Token | undefined;
  const renew = async (): Promise<string> => {
    const alive = token !== undefined && Date.now() < token.expiresAt ? token : undefined;
    token = (alive && (await refresh(config, alive))) ?? (await authenticate(config));
    return token.value;
  };
  return {
    async current() {
      if (token !== undefined && Date.now() < token.refreshAt) return token.value;
      pending ??= renew().finally(() => (pending = undefined));
      return pending;
    },
    refused(old) {
      // A refresh answers the same value, so the value alone decides nothing while one is under way.
      if (token?.value === old && pending === undefined) token = undefined;
    },
  };
}

async function authenticate(config: AnaplanConfig): Promise<Token> {
  const authorization = `Basic ${Buffer.from(`${config.user}:${config.password}`).toString('base64')}`;
  const init = { method: 'POST', headers: { authorization } };
  const answer = await send('sign-in', `${config.authUrl}/token/authenticate`, init, config.timeoutMs);
  // The body is never quoted: it may hold a token, and errors reach logs.
  if (!isSuccess(answer)) throw toError('sign-in', answer.status, '', answer.retryAfter);
  return readToken(answer.text);
}

/** Null when the token cannot be renewed any more: then a new sign-in is due. */
async function refresh(config: AnaplanConfig, old: Token): Promise<Token | null> {
  const init = { method: 'POST', headers: { authorization: `AnaplanAuthToken ${old.value}` } };
  const answer = await send('token refresh', `${config.authUrl}/token/refresh`, init, config.timeoutMs);
  return isSuccess(answer) ? readToken(answer.text) : null;
}

/** 201 is documented for a sign-in, 200 for a refresh; gateways in between turn one into the other. */
const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

interface TokenAnswer {
  readonly tokenInfo?: { readonly tokenValue?: unknown; readonly expiresAt?: unknown };
}

function readToken(text: string): Token {
  const info = parsed(text)?.tokenInfo;
  if (typeof info?.tokenValue !== 'string' || typeof info.expiresAt !== 'number')
    throw new DataError('anaplan-answer', 'Anaplan sign-in: the answer holds no token');
  const now = Date.now();
  return { value: info.tokenValue, refreshAt: now + (info.expiresAt - now) * REFRESH_AT, expiresAt: info.expiresAt };
}

/** Null for what is not JSON: the parser's own message would quote it. */
function parsed(text: string): TokenAnswer | null {
  try {
    return JSON.parse(text) as TokenAnswer | null;
  } catch {
    return null;
  }
}

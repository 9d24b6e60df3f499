import { MisconfiguredError, TransientError } from '@tieout/messaging';
import { NoAnswer, type Transport, type WireAnswer } from './http.client.ts';

export interface TokenAccess {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
}

export interface TokenSource {
  /** The token in force, or a new one; callers at the same time share one request. */
  current(): Promise<string>;
  /** Forgets a token that was refused; a newer one stays. */
  refused(token: string): void;
}

/** A token is given up at this share of its life. */
const usableShare = 0.8;

/** OAuth 2.0 client credentials. */
export function createTokenSource(access: TokenAccess, transport: Transport, timeoutMs: number): TokenSource {
  let known: { readonly token: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    const asked = Date.now();
    const { token, seconds } = await request(access, transport, timeoutMs);
    known = { token, until: asked + seconds * 1000 * usableShare };
    return token;
  };
  return {
    async current() {
      if (known !== undefined && Date.now() < known.until) return known.token;
      pending ??= renew().finally(() => (pending = undefined));
      return pending;
    },
    refused(token) {
      if (known?.token === token) known = undefined;
    },
  };
}

async function request(access: TokenAccess, transport: Transport, timeoutMs: number): Promise<Granted> {
  const { tokenUrl, clientId, clientSecret, scope } = access;
  const form = { grant_type: 'client_credentials', ...(scope ? { scope } : {}) };
  const sending = transport.send({
    method: 'POST',
    url: new URL(tokenUrl),
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: basic(clientId, clientSecret),
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs,
  });
  const answer = await sending.catch((cause: unknown) => {
    if (!(cause instanceof NoAnswer)) throw cause;
    throw new TransientError('sap-unreachable', `SAP token: ${cause.message}`, { cause });
  });
  return granted(answer);
}

interface Granted {
  readonly token: string;
  readonly seconds: number;
}

function granted({ status, text }: WireAnswer): Granted {
  const words = text.slice(0, 200);
  if (status === 408 || status === 429 || status >= 500)
    throw new TransientError('sap-unavailable', `SAP token: HTTP ${status} ${words}`);
  if (status !== 200) throw new MisconfiguredError('sap-login-refused', `SAP token: HTTP ${status} ${words}`);
  const { access_token: token, expires_in: seconds } = tokenOf(text);
  if (typeof token !== 'string' || token === '')
    throw new TransientError('sap-not-json', `SAP token: no token in the answer ${JSON.stringify(words)}`);
  return { token, seconds: Number(seconds) > 0 ? Number(seconds) : 300 };
}

function tokenOf(text: string): { access_token?: unknown; expires_in?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { access_token?: unknown; expires_in?: unknown };
  } catch {
    return {};
  }
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

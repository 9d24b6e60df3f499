import { cookieHeader, withSetCookies, type Cookies } from './cookies.ts';
import type { WireAnswer } from './http.client.ts';

/** What a write has to bring along: a token counts only together with the cookies that came with it. */
export interface WriteCredentials {
  readonly token: string;
  readonly cookie: string;
}

export interface Session {
  /** Cookies for a read, so that the server does not open a session for each. */
  cookie(): string;
  /** Takes the cookies of an answer. */
  learn(answer: WireAnswer): void;
  /** Token and cookies, fetched once for all who ask at the same time. */
  forWrite(fetch: FetchToken): Promise<WriteCredentials>;
  /** Forgets what was refused; newer ones stay. */
  refused(credentials: WriteCredentials): void;
}

/** Asks for a token (`x-csrf-token: Fetch`). */
export type FetchToken = () => Promise<WireAnswer>;

/** The one session that this process has with the system. */
export function createSession(): Session {
  let cookies: Cookies = new Map();
  let known: WriteCredentials | undefined;
  let pending: Promise<WriteCredentials> | undefined;
  const learn = ({ headers }: WireAnswer): void => {
    cookies = withSetCookies(cookies, headers['set-cookie'] ?? [], Date.now());
  };
  const open = async (fetch: FetchToken): Promise<WriteCredentials> => {
    const answer = await fetch();
    learn(answer);
    // Not from the jar later on: an answer to a read may bring the cookie of another session meanwhile.
    known = { token: tokenOf(answer), cookie: cookieHeader(cookies) };
    return known;
  };
  return {
    cookie: () => cookieHeader(cookies),
    learn,
    async forWrite(fetch) {
      if (known !== undefined) return known;
      pending ??= open(fetch).finally(() => (pending = undefined));
      return pending;
    },
    refused(credentials) {
      if (known === credentials) known = undefined;
    },
  };
}

/** The session is over, or was another one: nothing was done. */
export function wantsToken({ status, headers }: WireAnswer): boolean {
  return status === 403 && String(headers['x-csrf-token']).toLowerCase() === 'required';
}

/** Empty where the service asks for none. */
export function tokenOf({ headers }: Pick<WireAnswer, 'headers'>): string {
  const token = String(headers['x-csrf-token'] ?? '');
  return token.toLowerCase() === 'required' ? '' : token;
}

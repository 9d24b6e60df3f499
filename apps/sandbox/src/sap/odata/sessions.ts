import { randomBytes } from 'node:crypto';

/** HTTP sessions that hold a CSRF token each. A session not used for a while is gone, and its token with it. */
export interface Sessions {
  /** The session's token; a new session when there is none of this user under the id. */
  open(id: string | undefined, user: string, now: Date): { readonly id: string; readonly token: string };
  /** True when the session lives, is this user's and has this token. */
  accepts(id: string | undefined, user: string, token: string, now: Date): boolean;
  expireAll(): void;
}

interface Session {
  readonly user: string;
  readonly token: string;
  lastUsed: number;
}

const maximumSessions = 1000;

export function createSessions(idleMs: number): Sessions {
  const sessions = new Map<string, Session>();

  function living(id: string | undefined, user: string, now: Date): Session | null {
    const session = id === undefined ? undefined : sessions.get(id);
    if (!session || session.user !== user) return null;
    if (now.getTime() - session.lastUsed > idleMs) {
      sessions.delete(id!);
      return null;
    }
    session.lastUsed = now.getTime();
    return session;
  }

  return {
    open(id, user, now) {
      const known = living(id, user, now);
      if (known) return { id: id!, token: known.token };
      const [oldest] = sessions.keys();
      if (sessions.size >= maximumSessions) sessions.delete(oldest!);
      const made = { user, token: `${randomBytes(16).toString('base64url')}==`, lastUsed: now.getTime() };
      const newId = randomBytes(24).toString('base64url');
      sessions.set(newId, made);
      return { id: newId, token: made.token };
    },
    accepts: (id, user, token, now) => living(id, user, now)?.token === token,
    expireAll: () => sessions.clear(),
  };
}

/** The value of a cookie; undefined when it was not sent. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

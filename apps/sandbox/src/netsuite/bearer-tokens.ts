import { randomBytes } from 'node:crypto';

/** Seconds that an access token is good for. */
export const tokenSeconds = 3600;

/** Access tokens in force, by their end in milliseconds. */
export interface BearerTokens {
  issue(now: Date): string;
  isValid(token: string, now: Date): boolean;
  /** Ends all of them, as an administrator does. */
  revokeAll(): void;
}

export function createBearerTokens(): BearerTokens {
  const ends = new Map<string, number>();
  return {
    issue(now) {
      for (const [token, end] of ends) if (end <= now.getTime()) ends.delete(token);
      const token = randomBytes(64).toString('base64url');
      ends.set(token, now.getTime() + tokenSeconds * 1000);
      return token;
    },
    isValid: (token, now) => (ends.get(token) ?? 0) > now.getTime(),
    revokeAll: () => ends.clear(),
  };
}

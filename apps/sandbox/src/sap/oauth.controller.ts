import { randomBytes, timingSafeEqual } from 'node:crypto';
import express, { Router } from 'express';

export interface ApiClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenOffice {
  /** Answers `POST /token`. */
  readonly router: Router;
  /** Name of the client that a token was given to; null when it is unknown or too old. */
  clientOf(token: string): string | null;
  revokeAll(): void;
}

const maximumTokens = 1000;

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export function createTokenOffice(client: ApiClient, lifeSeconds: number, now: () => Date): TokenOffice {
  const tokens = new Map<string, { readonly client: string; readonly until: number }>();
  const router = Router();
  router.post('/token', express.urlencoded({ extended: false, limit: '10kb' }), (request, response) => {
    response.set({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const form = (request.body ?? {}) as Record<string, unknown>;
    const given = basicCredentials(request.get('authorization')) ?? [
      text(form['client_id']),
      text(form['client_secret']),
    ];
    if (given[0] !== client.clientId || !sameText(given[1], client.clientSecret)) {
      response.status(401).setHeader('WWW-Authenticate', 'Basic realm="OAuth2 Token"');
      response.json({ error: 'invalid_client', error_description: 'Client authentication failed' });
    } else if (form['grant_type'] !== 'client_credentials') {
      response.status(400).json({ error: 'unsupported_grant_type', error_description: 'Grant type is not supported' });
    } else {
      const [oldest] = tokens.keys();
      if (tokens.size >= maximumTokens) tokens.delete(oldest!);
      const token = randomBytes(32).toString('base64url');
      tokens.set(token, { client: client.clientId, until: now().getTime() + lifeSeconds * 1000 });
      response.json({ access_token: token, token_type: 'Bearer', expires_in: String(lifeSeconds), scope: '' });
    }
  });
  return {
    router,
    clientOf(token) {
      const found = tokens.get(token);
      return found && found.until > now().getTime() ? found.client : null;
    },
    revokeAll: () => tokens.clear(),
  };
}

/** Name and secret of a Basic authorization header; null when it is none. */
export function basicCredentials(header: string | undefined): readonly [string, string] | null {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const at = decoded.indexOf(':');
  return at < 0 ? null : [decoded.slice(0, at), decoded.slice(at + 1)];
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import { createHash, randomBytes, type KeyObject } from 'node:crypto';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { jwtVerify } from 'jose';
import { USER_ID } from './record.store.ts';
import { SalesforceFault } from './errors.ts';
import { withChecksum } from './record-id.ts';

export const ORGANIZATION_ID = withChecksum('00D5g0000000001');
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The connected app that may ask for tokens. */
export interface ConnectedApp {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly username: string;
  readonly publicKey: KeyObject;
}

/** Access tokens in force. Neither flow tells their age: a client learns of the end by a 401. */
export class TokenRegistry {
  readonly #tokens = new Set<string>();
  readonly #listeners = new Set<() => void>();
  issued = 0;
  issue(): string {
    const token = `${ORGANIZATION_ID.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
    this.#tokens.add(token);
    this.issued++;
    return token;
  }
  isValid(token: string): boolean {
    return this.#tokens.has(token);
  }
  revoke(token: string): boolean {
    const known = this.#tokens.delete(token);
    this.#listeners.forEach((listener) => listener());
    return known;
  }
  revokeAll(): void {
    this.#tokens.clear();
    this.#listeners.forEach((listener) => listener());
  }
  /** Calls `listener` after tokens have ended. */
  onRevoked(listener: () => void): void {
    this.#listeners.add(listener);
  }
  /** Refuses a request without a token in force. */
  readonly guard: RequestHandler = (request, _response, next) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !this.isValid(token))
      throw new SalesforceFault(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    next();
  };
}

class OAuthRefusal extends Error {
  readonly error: string;
  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

export interface OAuthOptions {
  readonly app: ConnectedApp;
  readonly tokens: TokenRegistry;
  readonly baseUrl: () => string;
  readonly now: () => Date;
}

/** Token, revocation, userinfo and identity endpoints. Errors have the OAuth shape, not the REST API's. */
export function oauthRouter(options: OAuthOptions): Router {
  const router = Router();
  router.use('/services/oauth2', express.urlencoded({ extended: false, limit: '64kb' }));
  router.post('/services/oauth2/token', (request, response) => token(options, request, response));
  router.post('/services/oauth2/revoke', (request, response) => {
    const known = options.tokens.revoke(String(form(request)['token'] ?? ''));
    if (known) response.status(200).end();
    else
      response
        .status(400)
        .json({ error: 'unsupported_token_type', error_description: 'this token type is not supported' });
  });
  router.get('/services/oauth2/userinfo', options.tokens.guard, (_request, response) => {
    const { username } = options.app;
    const sub = `${options.baseUrl()}/id/${ORGANIZATION_ID}/${USER_ID}`;
    response.json({
      sub,
      user_id: USER_ID,
      organization_id: ORGANIZATION_ID,
      preferred_username: username,
      email: username,
      active: true,
    });
  });
  // The URL that a token answer names as its id.
  router.get('/id/:organization/:user', options.tokens.guard, (_request, response) => {
    const { username } = options.app;
    response.json({
      id: `${options.baseUrl()}/id/${ORGANIZATION_ID}/${USER_ID}`,
      asserted_user: true,
      user_id: USER_ID,
      organization_id: ORGANIZATION_ID,
      username,
      email: username,
      active: true,
      urls: {
        rest: `${options.baseUrl()}/services/data/v{version}/`,
        query: `${options.baseUrl()}/services/data/v{version}/query/`,
      },
    });
  });
  return router;
}

const form = (request: Request): Record<string, unknown> => (request.body ?? {}) as Record<string, unknown>;

async function token(options: OAuthOptions, request: Request, response: Response): Promise<void> {
  try {
    await grant(options, request);
    const url = options.baseUrl();
    const id = `${url}/id/${ORGANIZATION_ID}/${USER_ID}`;
    const issued_at = String(options.now().getTime());
    const signature = createHash('sha256')
      .update(id + issued_at)
      .digest('base64');
    const access_token = options.tokens.issue();
    response.json({ access_token, signature, scope: 'api', instance_url: url, id, token_type: 'Bearer', issued_at });
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    response.status(400).json({ error: error.error, error_description: error.message });
  }
}

async function grant({ app, baseUrl, now }: OAuthOptions, request: Request): Promise<void> {
  const body = form(request);
  switch (body['grant_type']) {
    case JWT_BEARER:
      return checkAssertion(app, baseUrl(), now(), String(body['assertion'] ?? ''));
    case 'client_credentials':
      return checkClient(app, request);
    default:
      throw new OAuthRefusal('unsupported_grant_type', 'grant type not supported');
  }
}

function checkClient(app: ConnectedApp, request: Request): void {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const body = form(request);
  const [id, secret] =
    basic === undefined
      ? [body['client_id'], body['client_secret']]
      : Buffer.from(basic, 'base64').toString().split(':');
  if (id !== app.consumerKey) throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
  if (secret !== app.consumerSecret) throw new OAuthRefusal('invalid_client', 'invalid client credentials');
}

/** Signature, issuer, subject, audience and an expiry at most five minutes ahead: what Salesforce checks. */
async function checkAssertion(app: ConnectedApp, url: string, now: Date, assertion: string): Promise<void> {
  const audience = [url, 'https://login.salesforce.com', 'https://test.salesforce.com'];
  const { payload } = await jwtVerify(assertion, app.publicKey, {
    algorithms: ['RS256'],
    audience,
    currentDate: now,
    clockTolerance: 30,
    requiredClaims: ['iss', 'sub', 'aud', 'exp'],
  }).catch((error: Error & { code?: string; claim?: string }) => {
    const expired = error.code === 'ERR_JWT_EXPIRED';
    const text = expired
      ? 'expired authorization code'
      : error.claim === 'aud'
        ? 'audience is invalid'
        : 'invalid assertion';
    throw new OAuthRefusal('invalid_grant', text);
  });
  if (payload.iss !== app.consumerKey) throw new OAuthRefusal('invalid_client_id', 'client identifier invalid');
  if (payload.sub !== app.username) throw new OAuthRefusal('invalid_grant', "user hasn't approved this consumer");
  if (payload.exp! > now.getTime() / 1000 + 330)
    throw new OAuthRefusal('invalid_grant', 'expiry too far in the future');
}

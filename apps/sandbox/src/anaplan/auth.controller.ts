import { createVerify, randomBytes, randomUUID, timingSafeEqual, X509Certificate } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import type { Pool } from 'pg';
import { WORKSPACE } from './model.ts';
import { parseExactJson } from './request-body.ts';

export interface AuthOptions {
  readonly pool: Pool;
  readonly user: string;
  readonly password: string;
  /** PEM of a certificate that may sign in. */
  readonly certificate: string | null;
  readonly tokenLifeMs: number;
  readonly now: () => Date;
  readonly baseUrl: () => string;
}

/** The authentication service: `/token/authenticate`, `refresh`, `validate`, `logout`. */
export function authRouter(options: AuthOptions): Router {
  const router = express.Router();
  router.use(express.text({ type: '*/*', limit: '64kb' }));
  router.post('/authenticate', (request, response) => authenticate(options, request, response));
  router.post('/refresh', (request, response) => refresh(options, request, response));
  router.get('/validate', (request, response) => validate(options, request, response));
  router.post('/logout', (request, response) => logout(options, request, response));
  return router;
}

/** The token of an `AnaplanAuthToken` header when it is alive; `Bearer` is another product's scheme and refused. */
export async function liveToken(pool: Pool, header: string | undefined, now: Date): Promise<string | null> {
  const token = /^AnaplanAuthToken (\S+)$/.exec(header ?? '')?.[1];
  if (token === undefined) return null;
  const found = await pool.query('select 1 from token where value = $1 and expires_at > $2', [token, now]);
  return found.rowCount === 1 ? token : null;
}

async function authenticate(options: AuthOptions, request: Request, response: Response): Promise<void> {
  const header = request.get('authorization') ?? '';
  if (!/^(Basic|CACertificate) \S+$/.test(header)) {
    return refuse(response, 400, 'FAILURE_BAD_HEADER', 'Authorization header is missing or of an unknown scheme');
  }
  const known = header.startsWith('Basic ')
    ? isPassword(options, header.slice('Basic '.length))
    : isCertificate(options, header.slice('CACertificate '.length), request.body);
  if (!known) return refuse(response, 401, 'FAILURE_BAD_CREDENTIAL', 'Authentication failed');
  const token = randomBytes(48).toString('base64');
  const refreshId = randomUUID();
  const expiresAt = new Date(options.now().getTime() + options.tokenLifeMs);
  await options.pool.query('insert into token (value, refresh_id, expires_at) values ($1, $2, $3)', [
    token,
    refreshId,
    expiresAt,
  ]);
  response.status(201).json(tokenBody(options, 'Login successful', token, refreshId, expiresAt));
}

/** A refresh keeps the token's value and moves its end. */
async function refresh(options: AuthOptions, request: Request, response: Response): Promise<void> {
  const token = await liveToken(options.pool, request.get('authorization'), options.now());
  if (token === null) return refuseToken(request, response);
  const expiresAt = new Date(options.now().getTime() + options.tokenLifeMs);
  const moved = await options.pool.query<{ refresh_id: string }>(
    'update token set expires_at = $2 where value = $1 returning refresh_id',
    [token, expiresAt],
  );
  response.json(tokenBody(options, 'Token refreshed', token, moved.rows[0]?.refresh_id ?? '', expiresAt));
}

async function validate(options: AuthOptions, request: Request, response: Response): Promise<void> {
  const token = await liveToken(options.pool, request.get('authorization'), options.now());
  if (token === null) return refuseToken(request, response);
  const found = await options.pool.query<{ expires_at: Date }>('select expires_at from token where value = $1', [
    token,
  ]);
  response.json({
    meta: { validationUrl: `${options.baseUrl()}/token/validate` },
    status: 'SUCCESS',
    statusMessage: 'Token validated',
    userInfo: { userId: options.user, customerId: WORKSPACE.id, expiresAt: found.rows[0]?.expires_at.getTime() },
  });
}

async function logout(options: AuthOptions, request: Request, response: Response): Promise<void> {
  const token = await liveToken(options.pool, request.get('authorization'), options.now());
  if (token === null) return refuseToken(request, response);
  await options.pool.query('delete from token where value = $1', [token]);
  response.status(204).end();
}

function tokenBody(options: AuthOptions, message: string, token: string, refreshId: string, expiresAt: Date): unknown {
  return {
    meta: { validationUrl: `${options.baseUrl()}/token/validate` },
    status: 'SUCCESS',
    statusMessage: message,
    tokenInfo: {
      expiresAt: expiresAt.getTime(),
      tokenId: refreshId,
      refreshTokenId: refreshId,
      tokenValue: token,
    },
  };
}

function isPassword(options: AuthOptions, encoded: string): boolean {
  const given = Buffer.from(encoded, 'base64');
  const wanted = Buffer.from(`${options.user}:${options.password}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The certificate must be the registered one and must have signed at least 100 random bytes (RSA, SHA-512). */
function isCertificate(options: AuthOptions, encodedPem: string, body: unknown): boolean {
  try {
    const sent = parseExactJson(String(body)) as { encodedData?: string; encodedSignedData?: string };
    const data = Buffer.from(sent.encodedData ?? '', 'base64');
    const presented = new X509Certificate(Buffer.from(encodedPem, 'base64'));
    if (options.certificate === null || data.length < 100) return false;
    if (new X509Certificate(options.certificate).fingerprint512 !== presented.fingerprint512) return false;
    const signature = Buffer.from(sent.encodedSignedData ?? '', 'base64');
    return createVerify('RSA-SHA512').update(data).verify(presented.publicKey, signature);
  } catch {
    return false;
  }
}

function refuseToken(request: Request, response: Response): void {
  if (!(request.get('authorization') ?? '').startsWith('AnaplanAuthToken ')) {
    return refuse(response, 400, 'FAILURE_BAD_HEADER', 'Authorization header must carry an AnaplanAuthToken');
  }
  refuse(response, 401, 'FAILURE_BAD_TOKEN', 'Token is unknown or expired');
}

function refuse(response: Response, code: number, status: string, statusMessage: string): void {
  response.status(code).json({ status, statusMessage });
}

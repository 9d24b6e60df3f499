import express, { Router, type Request, type Response } from 'express';
import { tokenSeconds, type BearerTokens } from './bearer-tokens.ts';
import { refusalOf, type KnownMachine } from './client-assertion.ts';

interface TokenAccount {
  readonly machine: KnownMachine;
  readonly tokens: BearerTokens;
  readonly now: () => Date;
  readonly baseUrl: () => string;
}

export const tokenPath = '/services/rest/auth/oauth2/v1/token';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The token endpoint of OAuth 2.0 client credentials. Its error answers have OAuth's shape; that of the vendor's is assumed. */
export function tokenRouter(account: TokenAccount): Router {
  const router = Router();
  router.post('/', express.urlencoded({ extended: false, limit: '64kb' }), (request, response) =>
    grant(account, request, response),
  );
  return router;
}

async function grant(
  { machine, tokens, now, baseUrl }: TokenAccount,
  request: Request,
  response: Response,
): Promise<void> {
  const form = (request.body ?? {}) as Record<string, unknown>;
  if (form['grant_type'] !== 'client_credentials') return refuse(response, 'unsupported_grant_type', 'grant type');
  if (form['client_assertion_type'] !== jwtBearer) return refuse(response, 'invalid_request', 'client_assertion_type');
  const audience = `${baseUrl()}${tokenPath}`;
  const reason = await refusalOf(String(form['client_assertion'] ?? ''), machine, { audience, now: now() });
  if (reason !== null) return refuse(response, 'invalid_client', reason);
  response.json({ access_token: tokens.issue(now()), expires_in: String(tokenSeconds), token_type: 'bearer' });
}

/** The vendor names the reason in its audit trail only; a developer reads it from the header. */
function refuse(response: Response, error: string, reason: string): void {
  response
    .status(error === 'invalid_client' ? 401 : 400)
    .setHeader('X-Sandbox-Reason', reason.replaceAll(/[^ -~]/g, ' '));
  response.json({ error });
}

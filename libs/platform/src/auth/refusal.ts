import { Counter } from 'prom-client';
import { ApiError } from '../http.ts';
import type { Metrics } from '../metrics.ts';

const [UNAUTHORIZED, FORBIDDEN, UNAVAILABLE] = [401, 403, 503];
const NEW_TOKEN = 'Get a new token from the issuer.';

/** Why a guarded call is refused: HTTP status, stable code, what is wrong and what to do. Nothing of the token is in it. */
const REFUSALS = {
  not_configured: [
    UNAVAILABLE,
    'AUTH_NOT_CONFIGURED',
    'This service does not know whose tokens to accept.',
    'Set OIDC_ISSUER and OIDC_AUDIENCE of the service.',
  ],
  keys_unavailable: [
    UNAVAILABLE,
    'AUTH_KEYS_UNAVAILABLE',
    'The keys of the issuer cannot be read, so the token cannot be verified.',
    'Try again in a moment.',
  ],
  missing: [
    UNAUTHORIZED,
    'TOKEN_MISSING',
    'This call needs a bearer token.',
    'Send it as Authorization: Bearer TOKEN.',
  ],
  too_large: [UNAUTHORIZED, 'TOKEN_TOO_LARGE', 'The Authorization header has more than 8192 characters.', NEW_TOKEN],
  malformed: [UNAUTHORIZED, 'TOKEN_INVALID', 'The token is not a signed JWT that names its key.', NEW_TOKEN],
  algorithm: [UNAUTHORIZED, 'TOKEN_INVALID', 'The token is not signed with RS256, PS256 or ES256.', NEW_TOKEN],
  key: [UNAUTHORIZED, 'TOKEN_INVALID', 'The token is signed with a key that the issuer does not publish.', NEW_TOKEN],
  signature: [UNAUTHORIZED, 'TOKEN_INVALID', 'The signature of the token is wrong.', NEW_TOKEN],
  issuer: [
    UNAUTHORIZED,
    'TOKEN_INVALID',
    'The token is of another issuer.',
    'Get one from the issuer of this service.',
  ],
  audience: [UNAUTHORIZED, 'TOKEN_INVALID', 'The token is for another audience.', 'Ask for one for this service.'],
  claims: [UNAUTHORIZED, 'TOKEN_INVALID', 'The token lacks a usable sub or exp.', NEW_TOKEN],
  expired: [UNAUTHORIZED, 'TOKEN_EXPIRED', 'The token has expired.', NEW_TOKEN],
  not_yet_valid: [UNAUTHORIZED, 'TOKEN_NOT_YET_VALID', 'The token is not valid yet.', 'Check the clocks.'],
  role: [FORBIDDEN, 'ROLE_MISSING', 'The token does not carry the role that this needs.', 'Ask for the role.'],
} as const;
export type RefusalReason = keyof typeof REFUSALS;

/** A call that is refused before its handler runs. */
export class Refusal extends ApiError {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message?: string) {
    const [status, code, usual, action] = REFUSALS[reason];
    super(status, code, message ?? usual, action);
    this.reason = reason;
  }

  /** As RFC 6750 says it; null where another token would not help. */
  get challenge(): string | null {
    const status = this.getStatus();
    if (status === UNAVAILABLE) return null;
    if (this.reason === 'missing') return 'Bearer realm="tieout"';
    const error = status === FORBIDDEN ? 'insufficient_scope' : 'invalid_token';
    return `Bearer realm="tieout", error="${error}", error_description="${this.message}"`;
  }
}

/** Guarded calls that were refused, by reason. */
export function authRefusals(registry: Metrics): Counter<'reason'> {
  const counter = new Counter({
    name: 'tieout_auth_refusals_total',
    help: 'Guarded calls that were refused, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  // From 0, so that the first refusal shows as an increase.
  for (const reason of Object.keys(REFUSALS)) counter.inc({ reason }, 0);
  return counter;
}

import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { Refusal } from './refusal.ts';
import type { RefusalReason } from './refusal.ts';
import { ROLES } from './roles.ts';
import type { Role, User } from './roles.ts';

/** Asymmetric only: `none` is no signature, and HS* would take a public key for a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256'];
/** Clocks of issuer and service may differ by so much. */
const LEEWAY_SECONDS = 30;
const LONGEST_SUBJECT = 255;

export interface VerifierOptions {
  /** Compared with `iss`, character by character. */
  readonly issuer: string;
  /** One of `aud`. */
  readonly audience: string;
  /** Name of the claim that lists the roles, or a path such as `realm_access.roles`. */
  readonly rolesClaim: string;
  readonly keys: JWTVerifyGetKey;
  /** Tests' own clock. */
  readonly now?: () => Date;
}

/** Says who holds a token. */
export type TokenVerifier = (token: string) => Promise<User>;

/** @returns a function that rejects with a Refusal unless everything about the token is right; it costs one signature check */
export function tokenVerifier({ issuer, audience, rolesClaim, keys, now }: VerifierOptions): TokenVerifier {
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: LEEWAY_SECONDS,
      ...(now === undefined ? {} : { currentDate: now() }),
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const subject = payload.sub;
    if (typeof subject !== 'string' || subject === '' || subject.length > LONGEST_SUBJECT) throw new Refusal('claims');
    return { subject, roles: rolesOf(payload, rolesClaim) };
  };
}

/** The roles that we know, of a list or of text separated by blanks as scopes are; whole names only. Anything else gives none. */
export function rolesOf(payload: JWTPayload, claim: string): readonly Role[] {
  // A name may hold dots itself, as those that are URLs do.
  const value = Object.hasOwn(payload, claim) ? payload[claim] : claim.split('.').reduce<unknown>(member, payload);
  const named: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return ROLES.filter((role) => named.includes(role));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** @returns what is not about the token as it came */
function refusalOf(error: unknown): unknown {
  return error instanceof errors.JOSEError ? new Refusal(reasonOf(error)) : error;
}

function reasonOf(error: errors.JOSEError): RefusalReason {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return claimReason(error);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  // No single key fits, or the one that does cannot be used with this algorithm.
  if (/^ERR_JWKS?_/.test(error.code)) return 'key';
  return 'malformed';
}

function claimReason({ claim, reason }: errors.JWTClaimValidationFailed): RefusalReason {
  if (claim === 'iss') return 'issuer';
  if (claim === 'aud') return 'audience';
  return claim === 'nbf' && reason === 'check_failed' ? 'not_yet_valid' : 'claims';
}

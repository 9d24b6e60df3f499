import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import type { MachineIdentity } from './machine-identity.ts';

/** What the account knows of a machine: everything but its key. */
export type KnownMachine = Omit<MachineIdentity, 'privateKeyPem'>;

/** RS256 is not among them. */
const algorithms = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const longestSeconds = 3600;

/**
 * Verifies a client assertion (RFC 7523) as the vendor's token endpoint does. Answers null when it is good, else why not.
 * `audience` is the address of the token endpoint.
 */
export async function refusalOf(
  assertion: string,
  machine: KnownMachine,
  { audience, now }: { readonly audience: string; readonly now: Date },
): Promise<string | null> {
  try {
    const { alg, kid } = decodeProtectedHeader(assertion);
    if (!algorithms.includes(alg ?? '')) return `algorithm ${alg ?? ''} is not accepted`;
    if (kid !== machine.certificateId) return 'unknown certificate id';
    const certificate = new X509Certificate(machine.certificatePem);
    if (now < certificate.validFromDate || now > certificate.validToDate) return 'the certificate is not valid now';
    const options = { algorithms, audience, issuer: machine.clientId, currentDate: now };
    const { payload } = await jwtVerify(assertion, certificate.publicKey, options);
    return wrongClaim(payload, now);
  } catch (error) {
    return (error as Error).message;
  }
}

function wrongClaim({ iat, exp, scope }: JWTPayload, now: Date): string | null {
  if (iat === undefined || exp === undefined) return 'iat and exp are needed';
  if (exp - iat > longestSeconds) return 'exp is more than 60 minutes after iat';
  if (iat > now.getTime() / 1000 + 60) return 'iat is in the future';
  const scopes = Array.isArray(scope) ? scope : String(scope ?? '').split(',');
  return scopes.map((name) => String(name).trim()).includes('rest_webservices')
    ? null
    : 'scope does not have rest_webservices';
}

import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';

/** What a machine signs in with (OAuth 2.0, client credentials): the key stays with the client, the account has the certificate. */
export interface MachineIdentity {
  readonly clientId: string;
  /** Id that the account gave the certificate: `kid` of the client's assertions. */
  readonly certificateId: string;
  /** PEM (PKCS #8). */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const validForMs = 365 * 86_400_000;

/** An identity whose certificate is valid for a year from `now` on; the vendor takes certificates of two years at most. */
export async function newMachineIdentity(now: Date, keyType: 'ec' | 'rsa' = 'ec'): Promise<MachineIdentity> {
  const certificate = await generate([{ name: 'commonName', value: 'Tieout integration' }], {
    keyType,
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 60_000),
    notAfterDate: new Date(now.getTime() + validForMs),
  });
  return {
    clientId: randomBytes(32).toString('hex'),
    certificateId: randomBytes(24).toString('base64url'),
    privateKeyPem: certificate.private,
    certificatePem: certificate.cert,
  };
}

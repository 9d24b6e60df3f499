import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import type { ConnectedApp } from './oauth.controller.ts';

/** What clients sign in to an org with, and the certificate of its Pub/Sub API. Plain data, so that it can be kept. */
export interface OrgIdentity {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** PEM (PKCS #8): assertions are signed with it. */
  readonly privateKeyPem: string;
  /** PEM: the key of the certificate below. */
  readonly pubsubKeyPem: string;
  /** PEM: the certificate that the Pub/Sub API shows; nobody but itself vouches for it. */
  readonly pubsubCaPem: string;
}

/** An identity for an org that clients reach by this name or IPv4 address. */
export async function newIdentity(host: string): Promise<OrgIdentity> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { cert, private: key } = await selfSigned(host);
  return {
    consumerKey: `3MVG9${randomBytes(30).toString('base64url')}`,
    consumerSecret: randomBytes(32).toString('hex').toUpperCase(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pubsubKeyPem: key,
    pubsubCaPem: cert,
  };
}

/** Whether clients that reach the org by this name would trust it at that time. */
export function isGoodFor(identity: OrgIdentity, host: string, at: Date): boolean {
  const certificate = new X509Certificate(identity.pubsubCaPem);
  const named = isIP(host) > 0 ? certificate.checkIP(host) : certificate.checkHost(host);
  return named !== undefined && at < new Date(certificate.validTo);
}

export function connectedApp({ consumerKey, consumerSecret, privateKeyPem }: OrgIdentity): ConnectedApp {
  const username = 'integration@tieout.example';
  return { consumerKey, consumerSecret, username, publicKey: createPublicKey(privateKeyPem) };
}

async function selfSigned(host: string): Promise<{ readonly cert: string; readonly private: string }> {
  const altNames = isIP(host) > 0 ? [{ type: 7 as const, ip: host }] : [{ type: 2 as const, value: host }];
  return generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, ...altNames] },
    ],
  });
}

import { createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { MisconfiguredError } from '@tieout/messaging';
import type { NetSuiteCertificateConfig } from './config.ts';

/** Signed statements by which a machine asks for access tokens; each is good for five minutes. */
const ASSERTION_SECONDS = 300;

export function clientAssertion(config: NetSuiteCertificateConfig, tokenUrl: string, now: Date): Promise<string> {
  const key = privateKeyOf(config);
  const seconds = Math.floor(now.getTime() / 1000);
  return new SignJWT({ scope: 'rest_webservices' })
    .setProtectedHeader({ typ: 'JWT', alg: config.algorithm ?? algorithmOf(key), kid: config.certificateId })
    .setIssuer(config.clientId)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .sign(key);
}

function privateKeyOf({ privateKeyPem }: NetSuiteCertificateConfig): KeyObject {
  try {
    return createPrivateKey(privateKeyPem);
  } catch (cause) {
    throw new MisconfiguredError('netsuite-private-key', 'The NetSuite private key is no key in PEM', { cause });
  }
}

const byCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** NetSuite refuses RS256. */
function algorithmOf(key: KeyObject): string {
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'PS256' : byCurve[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (algorithm !== undefined) return algorithm;
  throw new MisconfiguredError(
    'netsuite-private-key',
    'NetSuite takes RSA keys and EC keys of the curves P-256, P-384, P-521',
  );
}

/** When the certificate ends, which stops every call; null where it was not given. */
export function certificateExpiry({ certificatePem }: Pick<NetSuiteCertificateConfig, 'certificatePem'>): Date | null {
  if (certificatePem === undefined) return null;
  try {
    return new X509Certificate(certificatePem).validToDate;
  } catch (cause) {
    throw new MisconfiguredError('netsuite-certificate', 'The NetSuite certificate is none in PEM', { cause });
  }
}

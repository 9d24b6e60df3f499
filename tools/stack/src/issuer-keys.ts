import { randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

const ALGORITHM = 'ES256';

/** The keys of an issuer, the newest of which signs. */
export interface KeySet {
  published(): readonly JWK[];
  /** @param lifetime seconds */
  sign(claims: JWTPayload, lifetime: number): Promise<string>;
  /** @param withdraw takes the older keys back, and with them every token that they signed */
  rotate(withdraw: boolean): Promise<void>;
}

interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly published: JWK;
}

export async function createKeySet(): Promise<KeySet> {
  let signing = await newKey();
  let all = [signing];
  return {
    published: () => all.map(({ published }) => published),
    sign: (claims, lifetime) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: signing.kid, typ: 'at+jwt' })
        .setIssuedAt()
        .setExpirationTime(`${lifetime}s`)
        .setJti(randomUUID())
        .sign(signing.key),
    async rotate(withdraw) {
      signing = await newKey();
      all = withdraw ? [signing] : [...all, signing];
    },
  };
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, key: privateKey, published: { ...jwk, kid, alg: ALGORITHM, use: 'sig' } };
}

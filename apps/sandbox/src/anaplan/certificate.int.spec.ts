import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createDatabase } from '@tieout/testing';
import { expect, it } from 'vitest';
import { startAnaplanSandbox } from './start.ts';

/** One DER element. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 128 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

/** A minimal self-signed X.509 certificate in PEM: Node reads certificates but makes none. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
  const sha256WithRsa = der(0x30, der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
  const commonName = der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('test')));
  const name = der(0x30, der(0x31, commonName));
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const body = der(0x30, version, der(0x02, Buffer.from([1])), sha256WithRsa, name, validity, name, key);
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const certificate = der(0x30, body, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

it('signs in with the registered certificate and a signature over at least 100 bytes, and with nothing else', async () => {
  const [mine, other] = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ];
  const certificate = selfSigned(mine.privateKey, mine.publicKey);
  const sandbox = await startAnaplanSandbox({ databaseUrl: (await createDatabase()).url, certificate });
  const signIn = async (pem: string, key: KeyObject, bytes: number): Promise<number> => {
    const data = randomBytes(bytes);
    const answer = await fetch(`${sandbox.url}/token/authenticate`, {
      method: 'POST',
      headers: { authorization: `CACertificate ${Buffer.from(pem).toString('base64')}` },
      body: JSON.stringify({
        encodedData: data.toString('base64'),
        encodedSignedData: createSign('RSA-SHA512').update(data).sign(key).toString('base64'),
      }),
    });
    return answer.status;
  };
  expect(await signIn(certificate, mine.privateKey, 150)).toBe(201);
  expect(await signIn(certificate, mine.privateKey, 99)).toBe(401);
  expect(await signIn(certificate, other.privateKey, 150)).toBe(401);
  expect(await signIn(selfSigned(other.privateKey, other.publicKey), other.privateKey, 150)).toBe(401);
  await sandbox.close();
});

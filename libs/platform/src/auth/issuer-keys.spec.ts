import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { claims, forgedIssuer, sign, signingKey } from './fixtures/forge.ts';
import type { ForgedIssuer, SigningKey } from './fixtures/forge.ts';
import { publishedKeys } from './issuer.client.ts';
import { issuerKeys } from './issuer-keys.ts';
import { Refusal } from './refusal.ts';
import { tokenVerifier } from './token-verifier.ts';

const MINUTE = 60_000;
let issuer: ForgedIssuer;
let first: SigningKey;
let second: SigningKey;
let clock: number;
let verify: (key: SigningKey) => Promise<string>;

beforeEach(async () => {
  [first, second] = await Promise.all([signingKey('first', 'ES256'), signingKey('second', 'ES256')]);
  issuer = await forgedIssuer(first);
  clock = 0;
  const keys = issuerKeys(
    () => publishedKeys(issuer.url),
    pino({ level: 'silent' }),
    () => clock,
  );
  const verifier = tokenVerifier({ issuer: issuer.url, audience: 'tieout', rolesClaim: 'roles', keys });
  verify = async (key) =>
    verifier(await sign(key, claims(issuer.url))).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error as Error)),
    );
});
afterEach(() => issuer.close());

const readings = (): number => issuer.asked.filter((path) => path === '/jwks').length;

describe('the keys of the issuer', () => {
  it('are read once for many calls, also when they come at once', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => verify(first)))).toEqual(Array(20).fill('accepted'));
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('rotate without a restart', async () => {
    expect(await verify(first)).toBe('accepted');
    issuer.jwks = { keys: [first.published, second.published] };
    clock += MINUTE;
    expect(await verify(second)).toBe('accepted');
    expect(await verify(first)).toBe('accepted');
    issuer.jwks = { keys: [second.published] };
    clock += 11 * MINUTE;
    expect(await verify(first)).toBe('key');
    expect(await verify(second)).toBe('accepted');
    expect(readings()).toBe(3);
  });

  it('are asked for at most every ten seconds, however many tokens name unknown ones', async () => {
    await verify(first);
    clock += MINUTE;
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(second)));
    expect(new Set(answers)).toEqual(new Set(['key']));
    expect(readings()).toBe(2);
    clock += 9_999;
    expect(await verify(second)).toBe('key');
    expect(readings()).toBe(2);
    issuer.jwks = { keys: [first.published, second.published] };
    clock += 1;
    expect(await verify(second)).toBe('accepted');
    expect(readings()).toBe(3);
  });

  it('that are held keep working for a day while the issuer does not answer; of an unknown one nothing can be said', async () => {
    expect(await verify(first)).toBe('accepted');
    issuer.status = 500;
    clock += 11 * MINUTE;
    expect(await verify(first)).toBe('accepted');
    expect(await verify(second)).toBe('keys_unavailable');
    const asked = issuer.asked.length;
    expect(await verify(second)).toBe('keys_unavailable');
    expect(issuer.asked.length).toBe(asked);
    clock += 24 * 60 * MINUTE;
    expect(await verify(first)).toBe('keys_unavailable');
    issuer.status = 200;
    clock += MINUTE;
    expect(await verify(first)).toBe('accepted');
    expect(await verify(second)).toBe('key');
  });

  it('cannot be known before the issuer first answers', async () => {
    issuer.status = 503;
    expect(await verify(first)).toBe('keys_unavailable');
    issuer.status = 200;
    clock += 10_000;
    expect(await verify(first)).toBe('accepted');
  });

  it.each<[string, (at: ForgedIssuer) => void]>([
    [
      'a document of another issuer',
      (at) => (at.discovery = { issuer: 'https://other.example', jwks_uri: `${at.url}/jwks` }),
    ],
    [
      'keys over plain http elsewhere',
      (at) => (at.discovery = { issuer: at.url, jwks_uri: 'http://keys.example/jwks' }),
    ],
    ['a file instead of an address', (at) => (at.discovery = { issuer: at.url, jwks_uri: 'file:///etc/keys' })],
    ['a redirect', (at) => (at.status = 302)],
    ['no JSON', (at) => (at.jwks = '<html>')],
    ['no keys', (at) => (at.jwks = { keys: [] })],
    ['only a shared secret', (at) => (at.jwks = { keys: [{ kty: 'oct', kid: 'first', k: 'c2VjcmV0' }] })],
    ['more than anybody needs', (at) => (at.jwks = `{"keys":[],"pad":"${'x'.repeat(300_000)}"}`)],
  ])('are not taken from %s', async (_, change) => {
    change(issuer);
    expect(await verify(first)).toBe('keys_unavailable');
    expect(issuer.asked).not.toContain('/elsewhere');
  });
});

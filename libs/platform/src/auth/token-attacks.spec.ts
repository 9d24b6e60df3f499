import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble, claims, forgedIssuer, inSeconds, sign, signingKey } from './fixtures/forge.ts';
import type { ForgedIssuer, SigningKey } from './fixtures/forge.ts';
import { startGuardedApp } from './fixtures/guarded-app.ts';
import type { GuardedApp } from './fixtures/guarded-app.ts';

let issuer: ForgedIssuer;
let app: GuardedApp;
let rsa: SigningKey;
let pss: SigningKey;
let ec: SigningKey;
let stranger: SigningKey;
beforeAll(async () => {
  [rsa, pss, ec, stranger] = await Promise.all([
    signingKey('rsa'),
    signingKey('pss', 'PS256'),
    signingKey('ec', 'ES256'),
    signingKey('stranger'),
  ]);
  issuer = await forgedIssuer(rsa, pss, ec);
  app = await startGuardedApp({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tieout' });
});
afterAll(async () => {
  await app.stop();
  await issuer.close();
});

async function answer(
  authorization: string,
): Promise<{ status: number; code?: string; message?: string; roles?: string[] }> {
  const response = await fetch(`${app.url}/whoami`, { headers: { authorization } });
  return { status: response.status, ...((await response.json()) as object) };
}
const withToken = async (token: string | Promise<string>): ReturnType<typeof answer> => answer(`Bearer ${await token}`);
const good = (changes: Record<string, unknown> = {}): ReturnType<typeof claims> => claims(issuer.url, changes);
const hmac =
  (secret: string) =>
  (input: string): Buffer =>
    createHmac('sha256', secret).update(input).digest();
const publicPem = async (key: SigningKey): Promise<string> =>
  exportSPKI((await importJWK(key.published, key.alg, { extractable: true })) as CryptoKey);

describe('a token is accepted', () => {
  it.each([
    ['RS256', () => rsa],
    ['PS256', () => pss],
    ['ES256', () => ec],
  ])('signed with %s', async (_, key) => {
    expect(await withToken(sign(key(), good()))).toEqual({ status: 200, subject: 'ann', roles: ['operator'] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['that names the audience among others', { aud: ['other', 'tieout'] }],
    ['that expired within the leeway', { exp: inSeconds(-20) }],
    ['that becomes valid within the leeway', { nbf: inSeconds(20) }],
  ])('%s', async (_, changes) => {
    expect(await withToken(sign(rsa, good(changes)))).toMatchObject({ status: 200 });
  });

  it('whatever the case of the scheme and the blanks after it', async () => {
    expect(await answer(`bearer   ${await sign(rsa, good())}`)).toMatchObject({ status: 200 });
  });
});

describe('a token is refused', () => {
  it.each<[string, () => Promise<string>, string, RegExp]>([
    [
      'without a signature (alg none)',
      async () => assemble({ alg: 'none', kid: 'rsa' }, good(), () => Buffer.alloc(0)),
      'TOKEN_INVALID',
      /RS256, PS256 or ES256/,
    ],
    [
      'with alg none in another case',
      async () => assemble({ alg: 'nOnE', kid: 'rsa' }, good(), () => Buffer.alloc(0)),
      'TOKEN_INVALID',
      /RS256/,
    ],
    [
      'signed with HS256 and the public key as PEM for a secret',
      async () => assemble({ alg: 'HS256', kid: 'rsa' }, good(), hmac(await publicPem(rsa))),
      'TOKEN_INVALID',
      /RS256/,
    ],
    [
      'signed with HS256 and the published modulus for a secret',
      async () => assemble({ alg: 'HS256', kid: 'rsa' }, good(), hmac(rsa.published.n!)),
      'TOKEN_INVALID',
      /RS256/,
    ],
    [
      'with an HMAC under the name of RS256',
      async () => assemble({ alg: 'RS256', kid: 'rsa' }, good(), hmac(await publicPem(rsa))),
      'TOKEN_INVALID',
      /signature/,
    ],
    [
      'whose claims were changed',
      async () => swapPayload(await sign(rsa, good()), good({ sub: 'eve' })),
      'TOKEN_INVALID',
      /signature/,
    ],
    [
      'without its signature',
      async () => (await sign(rsa, good())).replace(/[^.]+$/, ''),
      'TOKEN_INVALID',
      /signature|signed JWT/,
    ],
    ['of another issuer', () => sign(rsa, good({ iss: 'https://evil.example' })), 'TOKEN_INVALID', /another issuer/],
    [
      'whose issuer only begins like ours',
      () => sign(rsa, good({ iss: `${issuer.url}/` })),
      'TOKEN_INVALID',
      /another issuer/,
    ],
    ['without an issuer', () => sign(rsa, good({ iss: undefined })), 'TOKEN_INVALID', /another issuer/],
    ['for another audience', () => sign(rsa, good({ aud: 'payroll' })), 'TOKEN_INVALID', /another audience/],
    ['for nobody', () => sign(rsa, good({ aud: undefined })), 'TOKEN_INVALID', /another audience/],
    ['that has expired', () => sign(rsa, good({ exp: inSeconds(-61) })), 'TOKEN_EXPIRED', /expired/],
    ['that never expires', () => sign(rsa, good({ exp: undefined })), 'TOKEN_INVALID', /sub or exp/],
    ['whose exp is text', () => signed({ exp: '9999999999' }), 'TOKEN_INVALID', /sub or exp/],
    ['that is not valid yet', () => sign(rsa, good({ nbf: inSeconds(61) })), 'TOKEN_NOT_YET_VALID', /not valid yet/],
    ['whose nbf is text', () => signed({ nbf: 'now' }), 'TOKEN_INVALID', /sub or exp|claim/],
    ['of nobody (no sub)', () => sign(rsa, good({ sub: undefined })), 'TOKEN_INVALID', /sub or exp/],
    ['of nobody (empty sub)', () => sign(rsa, good({ sub: '' })), 'TOKEN_INVALID', /sub or exp/],
    ['whose sub is no text', () => signed({ sub: ['ann'] }), 'TOKEN_INVALID', /sub or exp/],
    ['whose sub is a book', () => sign(rsa, good({ sub: 'a'.repeat(256) })), 'TOKEN_INVALID', /sub or exp/],
    ['with a key that nobody published', () => sign(stranger, good()), 'TOKEN_INVALID', /does not publish/],
    [
      "with a stranger's key under a published name",
      () => sign(stranger, good(), { kid: 'rsa' }),
      'TOKEN_INVALID',
      /signature/,
    ],
    [
      'under the name of a key of another kind',
      () => sign(rsa, good(), { kid: 'ec' }),
      'TOKEN_INVALID',
      /does not publish/,
    ],
    ['that names no key', () => sign(rsa, good(), { kid: undefined }), 'TOKEN_INVALID', /names its key/],
    [
      'that brings its own key',
      () => sign(stranger, good(), { kid: 'rsa', jwk: stranger.published }),
      'TOKEN_INVALID',
      /signature/,
    ],
    [
      'that says where its key is',
      () => sign(stranger, good(), { kid: 'x', jku: 'http://127.0.0.1:1/jwks' }),
      'TOKEN_INVALID',
      /does not publish/,
    ],
    [
      'that demands what we do not know (crit)',
      async () => assemble({ alg: 'RS256', kid: 'rsa', crit: ['exp'], exp: 1 }, good(), () => Buffer.alloc(256)),
      'TOKEN_INVALID',
      /signed JWT|signature/,
    ],
    ['that is none', async () => 'abc', 'TOKEN_INVALID', /signed JWT/],
    ['that is encrypted', async () => 'eyJhbGciOiJSU0EtT0FFUCJ9.YQ.YQ.YQ.YQ', 'TOKEN_INVALID', /signed JWT/],
    [
      'that is JSON of another shape',
      async () => assemble([], [], () => Buffer.alloc(8)),
      'TOKEN_INVALID',
      /signed JWT|RS256/,
    ],
    ['that is larger than anybody needs', () => sign(rsa, good({ pad: 'x'.repeat(9_000) })), 'TOKEN_TOO_LARGE', /8192/],
  ])('%s', async (_, token, code, message) => {
    const text = await token();
    const refused = await withToken(text);
    expect(refused).toMatchObject({ status: 401, code });
    expect(refused.message).toMatch(message);
    expect(JSON.stringify([refused, app.lines.at(-1)])).not.toContain(text.slice(0, 40));
  });

  it('in two parts, as nobody may join what a header had apart', async () => {
    const token = await sign(rsa, good());
    expect(await answer(`Bearer ${token} ${token}`)).toMatchObject({ status: 401, code: 'TOKEN_INVALID' });
    expect(await answer(`Bearer`)).toMatchObject({ status: 401, code: 'TOKEN_INVALID' });
  });

  it('without asking its issuer again and again for keys that are made up', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sign(stranger, good(), { kid: `made-up-${n}` })),
    );
    const before = issuer.asked.length;
    await Promise.all(tokens.map(withToken));
    expect(issuer.asked.length - before).toBeLessThanOrEqual(2);
  });
});

describe('roles', () => {
  it.each<[string, unknown, string[] | null]>([
    ['a list', ['operator', 'auditor'], ['operator', 'auditor']],
    ['text with one', 'auditor', ['auditor']],
    ['text with several, as scopes are', 'auditor operator', ['operator', 'auditor']],
    ['others beside', ['admin', 'operator'], ['operator']],
    ['a longer name', ['operators', 'operator ', 'Operator'], null],
    ['a longer name as text', 'nooperator', null],
    ['a name that JavaScript knows', ['constructor', '__proto__'], null],
    ['an object', { operator: true }, null],
    ['a nested list', [['operator']], null],
    ['nothing', undefined, null],
  ])('as %s', async (_, roles, expected) => {
    const answered = await withToken(signed({ roles }));
    if (expected === null) expect(answered).toMatchObject({ status: 403, code: 'ROLE_MISSING' });
    else expect(answered).toMatchObject({ status: 200, roles: expected });
  });

  it.each<[string, Record<string, unknown>]>([
    ['realm_access.roles', { realm_access: { roles: ['auditor'] } }],
    ['https://tieout.example/roles', { 'https://tieout.example/roles': ['auditor'] }],
    ['scp', { scp: 'auditor' }],
  ])('stand where OIDC_ROLES_CLAIM=%s says, and only there', async (claim, extra) => {
    const environment = { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tieout', OIDC_ROLES_CLAIM: claim };
    const other = await startGuardedApp(environment);
    try {
      const token = await sign(rsa, good({ roles: ['operator'], ...extra }));
      const response = await fetch(`${other.url}/whoami`, { headers: { authorization: `Bearer ${token}` } });
      expect(await response.json()).toEqual({ subject: 'ann', roles: ['auditor'] });
    } finally {
      await other.stop();
    }
  });
});

/** Claims of any type: a signer need not be as careful as ours. */
function signed(changes: Record<string, unknown>): Promise<string> {
  return sign(rsa, good(changes));
}

function swapPayload(token: string, payload: object): string {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

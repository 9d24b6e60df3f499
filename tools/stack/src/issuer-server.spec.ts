import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ISSUER_AUDIENCE,
  ISSUER_CLIENT,
  NAMED_USER_GRANT,
  startIssuerServer,
  type IssuerServer,
} from './issuer-server.ts';

let issuer: IssuerServer;
beforeEach(async () => {
  issuer = await startIssuerServer({ secret: 's3cret' });
});
afterEach(() => issuer.close());

const basic = (secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${ISSUER_CLIENT}:${secret}`).toString('base64')}`,
});

interface Answered {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

async function post(path: string, form: Record<string, string>, headers = basic('s3cret')) {
  const response = await fetch(`${issuer.url}${path}`, { method: 'POST', headers, body: new URLSearchParams(form) });
  return {
    status: response.status,
    cache: response.headers.get('cache-control'),
    body: (await response.json()) as Answered,
  };
}
const named = (form: Record<string, string> = {}) =>
  post('/token', { grant_type: NAMED_USER_GRANT, username: 'ann', roles: 'operator auditor', ...form });

/** As anybody verifies who knows the address only. */
async function verified(token: string) {
  const document = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  const options = { issuer: issuer.url, audience: ISSUER_AUDIENCE };
  return (await jwtVerify(token, createRemoteJWKSet(new URL(document.jwks_uri)), options)).payload;
}

describe('the issuer of a local stack', () => {
  it('gives its client a token, by either way of saying the secret', async () => {
    const form = { grant_type: 'client_credentials' };
    const inForm = { ...form, client_id: ISSUER_CLIENT, client_secret: 's3cret' };
    for (const { status, cache, body } of [await post('/token', form), await post('/token', inForm, {})]) {
      expect({ status, cache, type: body.token_type, lives: body.expires_in }).toEqual({
        status: 200,
        cache: 'no-store',
        type: 'Bearer',
        lives: 3_600,
      });
      expect(await verified(body.access_token)).toMatchObject({ sub: ISSUER_CLIENT, roles: ['operator'] });
    }
  });

  it('gives a token for a user by name with any roles and lifetime', async () => {
    const { body } = await named({ lifetime: '5' });
    const { sub, roles, exp, iat } = await verified(body.access_token);
    expect({ sub, roles, lives: exp! - iat! }).toEqual({ sub: 'ann', roles: ['operator', 'auditor'], lives: 5 });
  });

  it.each<[string, () => ReturnType<typeof post>, number, string]>([
    [
      'another secret',
      () => post('/token', { grant_type: 'client_credentials' }, basic('guess')),
      401,
      'invalid_client',
    ],
    ['no secret', () => post('/token', { grant_type: NAMED_USER_GRANT, username: 'ann' }, {}), 401, 'invalid_client'],
    ['no secret, for a rotation', () => post('/rotate', {}, {}), 401, 'invalid_client'],
    ['another grant', () => post('/token', { grant_type: 'password' }), 400, 'unsupported_grant_type'],
    ['nobody', () => named({ username: '' }), 400, 'invalid_request'],
    ['a token for ever', () => named({ lifetime: '1e9' }), 400, 'invalid_request'],
    ['a book', () => named({ username: 'x'.repeat(10_000) }), 413, 'invalid_request'],
    ['another path', () => post('/login', {}), 404, 'not_found'],
  ])('refuses %s', async (_, ask, status, error) => {
    expect(await ask()).toMatchObject({ status, body: { error } });
  });

  it('rotates its keys on demand: older tokens stay good until their keys are withdrawn', async () => {
    const before = await issuer.token({ subject: 'ann', roles: [] });
    await post('/rotate', {});
    const after = await issuer.token({ subject: 'ann', roles: [] });
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await verified(before);
    await verified(after);
    await post('/rotate', { withdraw: 'true' });
    await expect(verified(before)).rejects.toThrow(/no applicable key/);
    await verified(await issuer.token({ subject: 'ann', roles: [] }));
  });
});

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createDatabase } from '@tieout/testing';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newMachineIdentity, type MachineIdentity } from './machine-identity.ts';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';

let url: string;
let sandbox: NetSuiteSandbox;
let clock: Date | null = null;
const now = (): Date => clock ?? new Date();

beforeAll(async () => {
  ({ url } = await createDatabase('netsuite'));
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now });
});
afterAll(() => sandbox.close());

interface Claims {
  readonly alg?: string;
  readonly kid?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly scope?: string | string[];
  readonly seconds?: number;
  readonly form?: Record<string, string>;
}

const tokenUrl = (): string => `${sandbox.url}/services/rest/auth/oauth2/v1/token`;

/** Asks for a token with a statement that is right but for what is given. */
async function ask(more: Claims = {}, machine: MachineIdentity = sandbox.credentials): Promise<Response> {
  const seconds = Math.floor(now().getTime() / 1000);
  const assertion = await new SignJWT({ scope: more.scope ?? 'rest_webservices' })
    .setProtectedHeader({ typ: 'JWT', alg: more.alg ?? 'ES256', kid: more.kid ?? machine.certificateId })
    .setIssuer(more.iss ?? machine.clientId)
    .setAudience(more.aud ?? tokenUrl())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + (more.seconds ?? 300))
    .sign(createPrivateKey(machine.privateKeyPem));
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...more.form,
  });
  return fetch(tokenUrl(), { method: 'POST', body });
}
const read = (token: string): Promise<Response> =>
  fetch(`${sandbox.url}/services/rest/record/v1/currency?limit=1`, { headers: { authorization: `Bearer ${token}` } });
const tokenOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { access_token: string }).access_token;

describe('OAuth 2.0 client credentials', () => {
  it('gives a bearer token of an hour for a signed statement', async () => {
    const answer = await ask({ scope: ['restlets', 'rest_webservices'] });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as Record<string, string>;
    expect(body).toMatchObject({ expires_in: '3600', token_type: 'bearer' });
    expect((await read(body['access_token']!)).status).toBe(200);
  });

  it.each([
    ['another certificate id', { kid: 'other' }, /certificate id/],
    ['another client', { iss: 'other' }, /iss/],
    ['another audience', { aud: 'https://elsewhere.example/token' }, /aud/],
    ['a statement of more than 60 minutes', { seconds: 3601 }, /60 minutes/],
    ['a statement that has ended', { seconds: -10 }, /exp/],
    ['a scope that is not for REST', { scope: 'suite_analytics' }, /scope/],
    ['another grant type', { form: { grant_type: 'password' } }, /grant type/],
    ['no statement', { form: { client_assertion: 'x.y.z' } }, /./],
  ])('refuses %s', async (_name, more, reason) => {
    const answer = await ask(more);
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get('x-sandbox-reason')).toMatch(reason);
  });

  it('takes PS256 of an RSA key, refuses RS256 of the same, and a key that is not the certificate’s', async () => {
    const machine = await newMachineIdentity(new Date(), 'rsa');
    const before = sandbox;
    sandbox = await startNetSuiteSandbox({ databaseUrl: url, machine });
    try {
      expect((await ask({ alg: 'PS256' })).status).toBe(200);
      expect((await ask({ alg: 'RS256' })).headers.get('x-sandbox-reason')).toMatch(/RS256 is not accepted/);
      const stranger = await newMachineIdentity(new Date(), 'rsa');
      const forged = { ...machine, privateKeyPem: stranger.privateKeyPem };
      expect((await ask({ alg: 'PS256' }, forged)).headers.get('x-sandbox-reason')).toMatch(/signature/);
    } finally {
      await sandbox.close();
      sandbox = before;
    }
  });

  it('refuses a certificate that has ended', async () => {
    clock = new Date(new X509Certificate(sandbox.credentials.certificatePem).validToDate.getTime() + 1000);
    expect((await ask()).headers.get('x-sandbox-reason')).toMatch(/not valid now/);
    clock = null;
  });

  it('refuses a token that has ended or was revoked', async () => {
    const token = await tokenOf(await ask());
    clock = new Date(Date.now() + 3_601_000);
    expect((await read(token)).status).toBe(401);
    clock = null;
    expect((await read(token)).status).toBe(200);
    await fetch(`${sandbox.url}/sandbox/tokens/revoke`, { method: 'POST' });
    const refused = await read(token);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer /)]);
    expect((await read(await tokenOf(await ask()))).status).toBe(200);
  });
});

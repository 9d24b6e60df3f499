import { createIssuer, eventually } from '@tieout/testing';
import type { TestIssuer } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthGuard } from './auth.guard.ts';
import { startGuardedApp } from './fixtures/guarded-app.ts';
import type { GuardedApp } from './fixtures/guarded-app.ts';
import type { User } from './roles.ts';

let issuer: TestIssuer;
let app: GuardedApp;
beforeAll(async () => {
  issuer = await createIssuer();
  app = await startGuardedApp(issuer.environment);
});
afterAll(() => app.stop());

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly challenge: string | null;
}

async function call(method: string, path: string, headers: Record<string, string> = {}, at = app): Promise<Answered> {
  const sent =
    method === 'POST' ? { body: '{"a":1}', headers: { 'content-type': 'application/json', ...headers } } : { headers };
  const response = await fetch(`${at.url}/${path}`, { method, ...sent });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}

describe('a guarded endpoint', () => {
  it('knows who calls, and leaves others open', async () => {
    const ann = await issuer.as('ann', 'operator');
    expect(await call('POST', 'things', ann)).toMatchObject({ status: 201, body: { body: { a: 1 }, by: 'ann' } });
    expect(await call('GET', 'things', ann)).toMatchObject({ status: 200, body: { seenBy: 'ann' } });
    expect(await call('GET', 'open')).toMatchObject({ status: 200, body: { open: true } });
    expect((await call('GET', 'whoami', ann)).body).toEqual({ subject: 'ann', roles: ['operator'] });
  });

  it('asks for the role of the handler before that of its controller, and names it', async () => {
    const auditor = await issuer.as('aud', 'auditor', 'admin');
    expect((await call('GET', 'things', auditor)).status).toBe(200);
    const refused = await call('POST', 'things', auditor);
    expect(refused).toMatchObject({ status: 403, body: { code: 'ROLE_MISSING' } });
    expect(refused.body['message']).toContain('operator');
    expect(refused.challenge).toContain('error="insufficient_scope"');
    expect((await call('GET', 'whoami', auditor)).body).toEqual({ subject: 'aud', roles: ['auditor'] });
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['another scheme', { authorization: 'Basic dTpw' }],
  ])('asks for a token when it gets %s', async (_, headers) => {
    const refused = await call('GET', 'things', headers);
    expect(refused).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_MISSING', action: expect.stringContaining('Authorization: Bearer') as string },
      challenge: 'Bearer realm="tieout"',
    });
  });

  it('answers 503 to whoever comes while no issuer is configured', async () => {
    const closed = await startGuardedApp({});
    try {
      const ann = await issuer.as('ann', 'operator');
      for (const headers of [{}, ann])
        expect(await call('GET', 'things', headers, closed)).toMatchObject({
          status: 503,
          body: { code: 'AUTH_NOT_CONFIGURED' },
          challenge: null,
        });
      expect((await call('GET', 'open', {}, closed)).status).toBe(200);
    } finally {
      await closed.stop();
    }
  });

  it('is a bug without @RequireRole when it asks who calls', async () => {
    const ann = await issuer.as('ann', 'operator');
    expect(await call('GET', 'confused', ann)).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  });
});

describe('a guarded call', () => {
  it('leaves a line with user, route, outcome and correlation id, and no token', async () => {
    const { authorization } = await issuer.as('line', 'operator');
    const headers = { authorization, 'x-correlation-id': 'flow-7' };
    await call('POST', 'things', headers);
    const line = await eventually(() => app.lines.find(({ user }) => user === 'line'));
    expect(line).toMatchObject({
      message: 'guarded call',
      correlationId: 'flow-7',
      roles: ['operator'],
      method: 'POST',
      route: '/things',
      status: 201,
      completed: true,
    });
    await call('POST', 'things', { authorization: `${authorization}x` });
    await call('GET', 'confused', { authorization });
    const token = authorization.slice('Bearer '.length);
    for (const part of token.split('.')) expect(JSON.stringify(app.lines)).not.toContain(part);
  });

  it('leaves one as well when the caller hangs up before it is known who calls', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: known, resolve: know } = Promise.withResolvers<User>();
    const slow = (): Promise<User> => (ask(), known);
    const waiting = await startGuardedApp({}, (_, logger, metrics) => new AuthGuard(slow, logger, metrics));
    try {
      const hangUp = new AbortController();
      const headers = { authorization: 'Bearer x', 'x-correlation-id': 'flow-9' };
      const call = fetch(`${waiting.url}/things`, { method: 'POST', headers, signal: hangUp.signal });
      await asked;
      hangUp.abort();
      await expect(call).rejects.toThrow();
      await eventually(async () => waiting.connections() === 0);
      know({ subject: 'gone', roles: ['operator'] });
      const line = await eventually(() => waiting.lines.find(({ user }) => user === 'gone'));
      expect(line).toMatchObject({ message: 'guarded call', completed: false, correlationId: 'flow-9' });
    } finally {
      await waiting.stop();
    }
  });

  it('that is refused is logged and counted by reason', async () => {
    const before = app.lines.length;
    await call('GET', 'things', { 'x-correlation-id': 'flow-8' });
    await call('POST', 'things', await issuer.as('aud', 'auditor'));
    expect(app.lines.slice(before).filter(({ message }) => message === 'call refused')).toMatchObject([
      { reason: 'missing', code: 'TOKEN_MISSING', route: '/things', correlationId: 'flow-8' },
      { reason: 'role', code: 'ROLE_MISSING', method: 'POST' },
    ]);
    const text = await app.metrics.metrics();
    expect(text).toMatch(/tieout_auth_refusals_total\{reason="missing",service="test"\} [1-9]/);
    expect(text).toMatch(/tieout_auth_refusals_total\{reason="expired",service="test"\} 0/);
  });
});

import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCallGate } from './call-gate.ts';
import { createNetSuiteClient } from './client.ts';
import { netsuiteCertificateConfig, netsuiteConfig, type NetSuiteCertificateConfig } from './config.ts';
import { createSender, type Request } from './http.client.ts';
import { createSignIn, type SignIn } from './sign-in.client.ts';

let sandbox: NetSuiteSandbox;
let config: NetSuiteCertificateConfig;
const read: Request = { name: 'read', method: 'GET', path: '/record/v1/currency?limit=1' };

beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url, concurrency: 4 });
  config = netsuiteCertificateConfig.parse(sandbox.credentials);
});
afterAll(() => sandbox.close());

const sideDoor = (path: string, body: object = {}, method = 'POST'): Promise<Response> =>
  fetch(`${sandbox.url}/sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
/** Counts the headers that are given out, each time a new one. */
function counted(signIn: SignIn): SignIn & { readonly tokens: Set<string> } {
  const tokens = new Set<string>();
  return {
    ...signIn,
    tokens,
    header: async (call) => {
      const header = await signIn.header(call);
      tokens.add(header);
      return header;
    },
  };
}

describe('signing in with a certificate', () => {
  it('asks for one token, however many calls begin together, and keeps it', async () => {
    const signIn = counted(createSignIn(config));
    const send = createSender(config, { signIn });
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(read)));
    await send(read);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    expect(signIn.tokens.size).toBe(1);
  });

  it('asks for the next one before the hour is over', async () => {
    let now = new Date();
    const signIn = createSignIn(config, () => now);
    const header = (): Promise<string> => signIn.header({ method: 'GET', url: new URL(sandbox.url) });
    const first = await header();
    now = new Date(now.getTime() + 53 * 60_000);
    expect(await header()).toBe(first);
    now = new Date(now.getTime() + 2 * 60_000);
    // A statement of an hour ahead is refused here, which shows that it was made.
    await expect(header()).rejects.toMatchObject({ name: 'MisconfiguredError', code: 'netsuite-login-refused' });
  });

  it('signs in again when the token was revoked, and the call is done', async () => {
    const signIn = counted(createSignIn(config));
    const send = createSender(config, { signIn });
    await send(read);
    await sideDoor('tokens/revoke');
    expect((await send(read)).status).toBe(200);
    expect(signIn.tokens.size).toBe(2);
  });

  it('stops for a person when the account does not know the client, and for a key that is none', async () => {
    const stranger = createSender({ ...config, clientId: 'other' });
    await expect(stranger(read)).rejects.toMatchObject({ name: 'MisconfiguredError', code: 'netsuite-login-refused' });
    const keyless = createSender({ ...config, privateKeyPem: 'x' });
    await expect(keyless(read)).rejects.toMatchObject({ name: 'MisconfiguredError', code: 'netsuite-private-key' });
  });

  it('says when its certificate ends, and nothing where there is none', () => {
    const days = (createNetSuiteClient(config).certificateExpiresAt!.getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(365);
    expect(createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials)).certificateExpiresAt).toBeNull();
  });
});

describe('too many calls at once', () => {
  afterEach(async () => {
    await sideDoor('faults', {}, 'DELETE');
    await sideDoor('load', { limit: 4, overload: 'refuse' });
  });
  const held = { kind: 'slow', count: 12, delayMs: 40 } as const;

  it.each(['refuse', 'slow-401'] as const)(
    'are made fewer when the account says so (%s), and all get done',
    async (overload) => {
      const token = netsuiteConfig.parse({ ...sandbox.credentials, concurrency: 8 });
      const send = createSender(token);
      await send(read);
      await sideDoor('load', { overload, overloadDelayMs: 60 });
      sandbox.injectFault(held);
      const before = sandbox.usage().refused;
      const answers = await Promise.all(Array.from({ length: 12 }, () => send(read)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      // Eight go at once, four of them too many: after that four at a time.
      expect(sandbox.usage().refused - before).toBeGreaterThan(0);
      expect(sandbox.usage().refused - before).toBeLessThanOrEqual(4);
    },
  );

  it('a doubted login that stays doubted is tried again later, and is no reason to stop', async () => {
    const send = createSender(netsuiteConfig.parse(sandbox.credentials), { budget: createCallGate(4) });
    await send(read);
    sandbox.injectFault({ kind: 'error', status: 401, count: 2 });
    await expect(send(read)).rejects.toMatchObject({ name: 'TransientError', code: 'netsuite-login-doubted' });
    expect((await send(read)).status).toBe(200);
  });

  it('leave the place in the budget while they wait to be tried again', async () => {
    let [running, most] = [0, 0];
    const gate = createCallGate(1);
    const budget = {
      ...gate,
      run: <T>(use: Parameters<typeof gate.run>[0], call: () => Promise<T>): Promise<T> =>
        gate.run(use, async () => {
          most = Math.max(most, (running += 1));
          return call().finally(() => (running -= 1));
        }),
    };
    sandbox.injectFault({ kind: 'error', status: 429, count: 2 });
    const send = createSender(netsuiteConfig.parse(sandbox.credentials), { budget });
    expect((await Promise.all([send(read), send(read), send(read)])).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
    expect(most).toBe(1);
  });
});

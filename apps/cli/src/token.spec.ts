import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { NoRunningDemo } from '@tieout/demo';
import { startIssuerServer, type IssuerServer } from '@tieout/stack';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';
import { bearerToken, NoToken } from './token.ts';
import { recognitionText } from './whoami.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tieout-token-'));
const stack = path.join(folder, 'demo.json');
let issuer: IssuerServer;
let service: Server;
let refusal: object | null = null;

beforeAll(async () => {
  issuer = await startIssuerServer({ secret: 's3cret' });
  // A service takes whoever has a token for whom it says, unless the test has it refuse.
  service = createServer((request, response) => {
    const { sub, roles } = decodeJwt(request.headers.authorization?.slice('Bearer '.length) ?? '');
    if (refusal === null) response.end(JSON.stringify({ subject: sub, roles }));
    else response.writeHead(401).end(JSON.stringify(refusal));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  announce(secretFile('s3cret'));
});
afterAll(async () => {
  await issuer.close();
  service.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  refusal = null;
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function secretFile(secret: string): string {
  const file = path.join(folder, `secret-${secret}`);
  writeFileSync(file, `${secret}\n`);
  return file;
}

function announce(clientSecretFile: string | null, file = stack): string {
  const discovery = {
    version: 1,
    scenario: 'month-end',
    startedAt: '2026-03-31T12:00:00.000Z',
    pid: process.pid,
    services: { 'erp-adapter': { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, pid: 1 } },
    brokers: ['127.0.0.1:1'],
    registryUrl: 'http://127.0.0.1:1',
    bundle: '/nowhere',
    vendors: {},
    report: null,
    issuer: clientSecretFile && { url: issuer.url, audience: 'tieout', clientId: 'tieout-local', clientSecretFile },
    links: {},
  };
  writeFileSync(file, JSON.stringify(discovery));
  return file;
}

function tokenFile(text: string): string {
  const file = path.join(folder, 'token');
  writeFileSync(file, text);
  return file;
}

/** What the command prints. */
async function whoami(...args: string[]): Promise<unknown> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await program().parseAsync(['node', 'tieout', 'whoami', '--json', '--stack', stack, ...args]);
  return JSON.parse(String(write.mock.calls.at(-1)?.[0]));
}

describe('the token of the command line', () => {
  it('is of --token-file, else of TIEOUT_TOKEN, else of the running demo', async () => {
    const [inFile, inEnvironment] = await Promise.all(
      ['filed', 'stubbed'].map((subject) => issuer.token({ subject, roles: [] })),
    );
    const subject = async (file?: string): Promise<unknown> =>
      decodeJwt(await bearerToken({ stack, asRole: 'operator', ...(file === undefined ? {} : { tokenFile: file }) }))
        .sub;
    expect(await subject()).toBe(userInfo().username);
    vi.stubEnv('TIEOUT_TOKEN', inEnvironment);
    expect(await subject()).toBe('stubbed');
    expect(await subject(tokenFile(`Bearer ${inFile}\n`))).toBe('filed');
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'that has expired',
      () => issuer.token({ subject: 'ann', roles: [], lifetime: -300 }),
      /expired 5 min ago; how to get one/,
    ],
    ['that is none', async () => 'secret-text', /holds no bearer token .*authenticate\.md/],
  ])('%s is refused here, without being shown', async (_, make, message) => {
    const text = await make();
    const failed: unknown = await bearerToken({ stack, asRole: 'operator', tokenFile: tokenFile(text) }).catch(
      (e) => e,
    );
    expect(failed).toBeInstanceOf(NoToken);
    expect((failed as Error).message).toMatch(message);
    expect((failed as Error).message).not.toContain(text);
  });

  it('cannot be had from a file that is not there, of a stack without an issuer, or with another secret', async () => {
    const asked = { stack, asRole: 'operator' } as const;
    await expect(bearerToken({ ...asked, tokenFile: '/none' })).rejects.toThrow(/--token-file \/none cannot be read/);
    const other = path.join(folder, 'other.json');
    await expect(bearerToken({ ...asked, stack: announce(null, other) })).rejects.toThrow(NoRunningDemo);
    announce(secretFile('wrong'), other);
    await expect(bearerToken({ ...asked, stack: other })).rejects.toThrow(/gives no token: not the id and secret/);
  });
});

describe('whoami', () => {
  it('asks every service, as operator unless told otherwise', async () => {
    const user = { subject: userInfo().username, roles: ['operator'] };
    expect(await whoami()).toEqual({ services: [{ service: 'erp-adapter', user, refusal: null }] });
    expect(await whoami('--as-role', 'auditor')).toMatchObject({ services: [{ user: { roles: ['auditor'] } }] });
    expect(process.exitCode).toBe(0);
  });

  it('says why a service refuses, with exit code 1', async () => {
    refusal = { code: 'TOKEN_EXPIRED', message: 'The token has expired.', action: 'Get a new token from the issuer.' };
    const answer = await whoami();
    expect(answer).toEqual({
      services: [
        { service: 'erp-adapter', user: null, refusal: 'The token has expired. Get a new token from the issuer.' },
      ],
    });
    expect(process.exitCode).toBe(1);
  });

  it('prints a table', () => {
    const text = recognitionText([
      { service: 'crm-ingest', user: { subject: 'ann', roles: ['operator', 'auditor'] }, refusal: null },
      { service: 'erp-adapter', user: null, refusal: 'The token has expired.' },
    ]);
    expect(text).toMatch(/^crm-ingest +ann +operator, auditor$/m);
    expect(text).toMatch(/^erp-adapter +- +The token has expired\.$/m);
  });
});

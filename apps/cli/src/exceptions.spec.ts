import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NoAnswer } from '@tieout/demo';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';
import { open, view } from './exceptions-text.fixture.ts';

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly token: string | undefined;
}

const folder = mkdtempSync(path.join(tmpdir(), 'tieout-exceptions-'));
const stack = path.join(folder, 'demo.json');
const servers: Server[] = [];
let calls: Call[] = [];
/** What the service that has the exception answers to an act; null: the exception as it is then. */
let refusal: { readonly status: number; readonly message: string } | null = null;

beforeAll(async () => {
  const urls = await Promise.all(['crm-ingest', 'erp-adapter'].map(startService));
  writeFileSync(stack, JSON.stringify(discovery({ 'crm-ingest': urls[0]!, 'erp-adapter': urls[1]! })));
});
afterAll(() => {
  servers.forEach((server) => server.close());
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  calls = [];
  refusal = null;
  const token = new UnsecuredJWT({}).setSubject('mara').setExpirationTime('1h').encode();
  vi.stubEnv('TIEOUT_TOKEN', token);
});
afterEach(() => {
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Of two services the ERP's adapter has the one exception that there is. */
async function startService(name: string): Promise<string> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      calls.push({
        method,
        url: `${name}${url}`,
        body: text === '' ? null : JSON.parse(text),
        token: headers.authorization,
      });
      const [status, body] = answer(name, method, url);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(name: string, method: string, url: string): [number, object] {
  const has = name === 'erp-adapter';
  if (url.startsWith('/exceptions?')) return [200, { exceptions: has ? [open] : [], nextCursor: has ? 'next' : null }];
  if (!has || !url.startsWith('/exceptions/e-1')) return [404, { message: 'unknown here' }];
  if (method === 'POST' && refusal !== null)
    return [refusal.status, { message: refusal.message, action: 'Look again.' }];
  return [200, view];
}

function discovery(urls: Record<string, string>): object {
  return {
    ...{ version: 1, scenario: 'month-end', startedAt: '2026-03-31T12:00:00.000Z', pid: process.pid },
    services: Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { url, pid: 1 }])),
    ...{ brokers: ['127.0.0.1:1'], registryUrl: 'http://127.0.0.1:1', bundle: '/nowhere' },
    ...{ vendors: {}, report: null, issuer: null, links: {} },
  };
}

/** What the command prints. */
async function exceptions(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await program().parseAsync(['exceptions', ...args, '--stack', stack], { from: 'user' });
  return write.mock.calls.map(([text]) => String(text)).join('');
}
const acts = (): Call[] => calls.filter(({ method }) => method === 'POST');

describe('exceptions', () => {
  it('list asks every service, with the filter and the token', async () => {
    const text = await exceptions('list', '--kind', 'order-not-written', '--assignee', '');
    expect(text).toMatch(/order-not-written +erp-adapter/);
    expect(text).toContain('--service erp-adapter --cursor next');
    const filter = '?status=open&limit=50&kind=order-not-written&assignee=';
    expect(calls.map(({ url }) => url).toSorted()).toEqual([
      `crm-ingest/exceptions${filter}`,
      `erp-adapter/exceptions${filter}`,
    ]);
    expect(calls.every(({ token }) => token?.startsWith('Bearer '))).toBe(true);
  });

  it('list --json is for programs, and --service asks one only', async () => {
    const found = JSON.parse(await exceptions('list', '--json', '--service', 'erp-adapter')) as object;
    expect(found).toMatchObject({ exceptions: [{ exceptionId: 'e-1' }], more: [{ service: 'erp-adapter' }] });
    expect(calls).toHaveLength(1);
    await expect(exceptions('list', '--service', 'sap')).rejects.toThrow('crm-ingest, erp-adapter');
  });

  it('show finds the service that has it, and says when nobody has', async () => {
    expect(await exceptions('show', 'e-1')).toContain('no item');
    await expect(exceptions('show', 'e-2')).rejects.toThrow('no service has an exception e-2');
  });

  it.each([
    [['assign', 'e-1', 'jo'], 'assign', { assignee: 'jo', expectedRevision: '3' }],
    [['assign', 'e-1'], 'assign', { assignee: null, expectedRevision: '3' }],
    [['comment', 'e-1', 'asked'], 'comment', { text: 'asked', expectedRevision: '3' }],
    [['comment', 'e-1', 'asked', '--revision', '2'], 'comment', { text: 'asked', expectedRevision: 2 }],
    [
      ['decide', 'e-1', '--action', 'resolve', '--reason', 'written off', '--parameter', 'ticket=FIN-12=x'],
      'decide',
      { action: 'resolve', reason: 'written off', parameters: { ticket: 'FIN-12=x' }, expectedRevision: '3' },
    ],
  ])('%j acts on the revision that it saw', async (args, act, body) => {
    await exceptions(...args);
    expect(acts()).toMatchObject([{ url: `erp-adapter/exceptions/e-1/${act}`, body }]);
  });

  it('say what to do when somebody was faster, and nothing is done', async () => {
    refusal = { status: 409, message: 'It is at revision 4, not 3.' };
    const failed = exceptions('decide', 'e-1', '--action', 'retry');
    await expect(failed).rejects.toThrow(NoAnswer);
    await expect(failed).rejects.toThrow('It is at revision 4, not 3. Look again.');
  });
});

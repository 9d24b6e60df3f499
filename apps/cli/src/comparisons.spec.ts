import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tieout-comparisons-'));
const stack = path.join(folder, 'demo.json');
const nothing = { items: 0, outcomes: {}, autoMatchRate: null, matchRate: null };
const run = {
  ...{ runId: 'r', status: 'waiting', trigger: 'request', asOf: null, reasons: [], completeness: [], changedBlocks: 0 },
  ...{ requestedAt: '2026-02-01T11:00:00.000Z', endedAt: null, result: nothing },
};
const comparison = {
  ...{ name: 'payments-bank', description: 'd', owner: 'o', state: 'live', reasons: [], sides: [], asOf: null },
  ...{ rules: { name: 'r', version: 1 }, result: nothing, lastRun: null },
};
const statement = {
  ...{ statementId: 's1', account: 'main', format: 'csv', status: 'used', problems: [], putBy: 'mara' },
  ...{ putAt: '2026-02-01T11:00:00.000Z', endedBy: null, endedAt: null, endReason: null, parts: [] },
};
/** Answer to each call, the first whose beginning fits. */
const ANSWERS: readonly (readonly [string, object])[] = [
  ['POST /comparisons/payments-bank/runs', run],
  ['GET /comparisons/payments-bank/groups', { groups: [], nextCursor: null }],
  ['GET /comparisons/payments-bank', comparison],
  ['GET /comparisons', { comparisons: [comparison] }],
  ['GET /statements?', { statements: [statement], nextCursor: null }],
  ['', statement],
];
let calls: { readonly call: string; readonly type: string; readonly body: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    calls.push({ call, type: request.headers['content-type'] ?? '', body });
    response.end(JSON.stringify(ANSWERS.find(([start]) => call.startsWith(start))?.[1]));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const announced = {
    ...{
      version: 1,
      scenario: 'month-end',
      startedAt: '2026-03-31T12:00:00.000Z',
      pid: process.pid,
      brokers: ['127.0.0.1:1'],
    },
    ...{ registryUrl: 'http://127.0.0.1:1', bundle: '/nowhere', vendors: {}, report: null, links: {} },
    services: { reconciliation: { url, pid: process.pid } },
  };
  writeFileSync(stack, JSON.stringify(announced));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  calls = [];
  vi.stubEnv('TIEOUT_TOKEN', new UnsecuredJWT({}).setSubject('mara').setExpirationTime('1h').encode());
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function tieout(...args: readonly string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await program().parseAsync(['node', 'tieout', ...args, '--stack', stack]);
  return write.mock.calls.map(([text]) => String(text)).join('');
}

describe('tieout comparisons', () => {
  it.each([
    ['list', 'GET /comparisons', ''],
    ['show payments-bank', 'GET /comparisons/payments-bank', ''],
    ['groups payments-bank --outcome break', 'GET /comparisons/payments-bank/groups?limit=50&outcome=break', ''],
    ['groups payments-bank --cursor c', 'GET /comparisons/payments-bank/groups?limit=50&cursor=c', ''],
    ['run payments-bank', 'POST /comparisons/payments-bank/runs', '{}'],
    ['run payments-bank --as-of 2026-01-31', 'POST /comparisons/payments-bank/runs', '{"asOf":"2026-01-31"}'],
  ])('%s asks %s', async (args, call, body) => {
    expect(await tieout('comparisons', ...args.split(' '))).not.toBe('');
    expect(calls).toMatchObject([{ call, body }]);
  });

  it('answer with --json what the service said', async () => {
    expect(JSON.parse(await tieout('comparisons', 'show', 'payments-bank', '--json'))).toEqual(comparison);
  });
});

describe('tieout statements', () => {
  it('hands a file in as it is, with what it does not say', async () => {
    const file = path.join(folder, 'january.csv');
    writeFileSync(file, 'id,date\n');
    await tieout(
      'statements',
      'put',
      file,
      '--account',
      'main',
      '--opening',
      '0',
      '--closing',
      '1',
      '--decimal',
      'comma',
    );
    const query = 'account=main&format=csv&opening=0&closing=1&decimal=comma';
    expect(calls).toEqual([{ call: `POST /statements?${query}`, type: 'application/octet-stream', body: 'id,date\n' }]);
    const xml = path.join(folder, 'january.XML');
    writeFileSync(xml, '<a/>');
    await tieout('statements', 'put', xml, '--account', 'main');
    expect(calls[1]?.call).toBe('POST /statements?account=main&format=camt.053');
  });

  it.each([
    [['list', '--account', 'main'], 'GET /statements?limit=50&account=main', ''],
    [['show', 's1'], 'GET /statements/s1', ''],
    [['withdraw', 's1', '--reason', 'wrong year'], 'POST /statements/s1/withdraw', '{"reason":"wrong year"}'],
  ])('%s', async (args, call, body) => {
    expect(await tieout('statements', ...args)).toContain('main');
    expect(calls).toMatchObject([{ call, body }]);
  });
});

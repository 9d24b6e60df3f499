import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly token: string | undefined;
}

const one = {
  ...{
    breakId: 'b-1',
    revision: '3',
    status: 'OPEN',
    workflow: 'OPEN',
    severity: 'critical',
    check: 'invoice-balance',
  },
  ...{ kind: 'balance', objectType: 'invoice', object: 'i', legalEntityId: null, customerId: null, currency: 'EUR' },
  ...{ expected: '100', actual: '90', difference: '-10', value: '10', groupValue: '11', groupCurrency: 'USD' },
  ...{ ownerGroup: 'finance', assignee: null, openedAt: '2026-01-01T00:00:00.000Z', closedAt: null },
  ...{
    dueAt: '2026-01-02T00:00:00.000Z',
    resolution: null,
    resolutionReason: null,
    proposedBy: null,
    approvedBy: null,
  },
  ...{ expectedOn: null, counterpart: null, firstSeenRunId: 'r', lastSeenRunId: 'r', evidence: { number: 'INV1' } },
};
const offer = {
  action: 'resolve',
  does: 'Gives it up.',
  needsReason: true,
  resolution: 'WRITE_OFF',
  needs: [],
  secondPerson: true,
};
const view = {
  break: one,
  actions: [offer],
  comments: [],
  links: [{ about: 'document', where: 'netsuite', entity: 'invoice', id: '7', canonicalId: 'i', url: 'https://erp/7' }],
  history: [{ at: '2026-01-01T00:00:00.000Z', actor: 'reconciliation', action: 'opened', reason: null, details: {} }],
  chainFault: null,
};
const imported = {
  applied: false,
  counts: { success: 1, conflict: 1 },
  rows: [
    {
      line: 2,
      breakId: 'b-1',
      outcome: 'success',
      reason: null,
      changes: ['assignee: - -> jo'],
      ignored: ['value'],
      workflow: 'OPEN',
      current: null,
    },
    {
      line: 3,
      breakId: 'b-2',
      outcome: 'conflict',
      reason: 'It has changed.',
      changes: [],
      ignored: [],
      workflow: null,
      current: { revision: '9', workflow: 'CLOSED', assignee: 'jo' },
    },
  ],
};
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-breaks-'));
const stack = path.join(folder, 'demo.json');
let server: Server;
let calls: Call[] = [];
let faults: object[] = [];
let approval: [number, object];

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      calls.push({ method, url, body: text === '' ? null : JSON.parse(text), token: headers.authorization });
      const [status, body] = answer(url);
      const isText = typeof body === 'string';
      response
        .writeHead(status, { 'content-type': isText ? 'text/csv' : 'application/json' })
        .end(isText ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const discovery = {
    ...{ version: 1, scenario: 'month-end', startedAt: '2026-03-31T12:00:00.000Z', pid: process.pid },
    ...{
      services: { reconciliation: { url, pid: 1 } },
      brokers: ['127.0.0.1:1'],
      registryUrl: url,
      bundle: '/nowhere',
    },
    ...{ vendors: {}, report: null, issuer: null, links: {} },
  };
  writeFileSync(stack, JSON.stringify(discovery));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  calls = [];
  faults = [];
  approval = [403, { message: 'mara proposed it.', action: 'Ask somebody else.' }];
  vi.stubEnv('TIEOUT_TOKEN', new UnsecuredJWT({}).setSubject('mara').setExpirationTime('1h').encode());
});
afterEach(() => {
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function answer(url: string): [number, object | string] {
  if (url.startsWith('/breaks?')) return [200, { breaks: [one], nextCursor: url.includes('cursor') ? null : 'next' }];
  if (url === '/breaks/b-1') return [200, one];
  if (url.startsWith('/break-sheets/export')) return [200, '\ufeffbreak_id,revision\r\nb-1,3\r\n'];
  if (url === '/break-sheets/import') return [200, imported];
  if (url === '/breaks/bulk')
    return [
      200,
      {
        dryRun: true,
        success: 1,
        ineligible: 0,
        failed: 0,
        items: [{ breakId: 'b-1', outcome: 'success', reason: null, workflow: 'PROPOSED' }],
      },
    ];
  if (url.startsWith('/breaks/audit/verify')) {
    const isFirst = !url.includes('cursor');
    return [200, { checked: 2, entries: 5, faults: isFirst ? [] : faults, nextCursor: isFirst ? 'b-1' : null }];
  }
  if (url === '/breaks/b-1/audit/verify')
    return [200, { breakId: 'b-1', entries: 3, end: { sequence: '3', hash: 'h' }, fault: null }];
  if (url === '/breaks/b-1/approve') return approval;
  return url.startsWith('/breaks/b-1/') ? [200, view] : [404, { message: 'There is no break with this id.' }];
}

/** What the command prints. */
async function breaks(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await program().parseAsync(['breaks', ...args, '--stack', stack], { from: 'user' });
  return write.mock.calls.map(([text]) => String(text)).join('');
}
const acts = (): Call[] => calls.filter(({ method }) => method === 'POST');

describe('breaks', () => {
  it('without a command look as anybody, as ever', async () => {
    expect(await breaks()).toMatch(/OPEN +invoice-balance +balance/);
    expect(await breaks('b-1')).toContain('number');
    expect(calls.map(({ url, token }) => [url, token])).toEqual([
      ['/breaks?limit=50&status=open', undefined],
      ['/breaks/b-1', undefined],
    ]);
  });

  it('list shows how they are worked, filtered and sorted', async () => {
    const text = await breaks(
      'list',
      '--status',
      'all',
      '--min-value',
      '5',
      '--assignee',
      '',
      '--workflow',
      'open,pending',
    );
    expect(text).toMatch(/OPEN +critical .*OVERDUE 2026-01-02 +b-1 +10 EUR +11 USD/);
    expect(text).toContain('--cursor next');
    expect(calls[0]?.url).toBe('/breaks?workflow=open%2Cpending&assignee=&minValue=5&sort=value&limit=50');
  });

  it('show says where to look and what may be done', async () => {
    const text = await breaks('show', 'b-1');
    expect(text).toMatch(/document +netsuite invoice +7 +https:\/\/erp\/7/);
    expect(text).toMatch(/resolve --resolution WRITE_OFF --reason +Gives it up\. A second person has to approve it\./);
  });

  it.each([
    [['assign', 'b-1', 'jo'], 'assign', { assignee: 'jo' }],
    [['assign', 'b-1'], 'assign', { assignee: null }],
    [['comment', 'b-1', 'asked'], 'comment', { text: 'asked' }],
    [['reschedule', 'b-1', '2026-02-01', '--reason', 'r'], 'reschedule', { dueOn: '2026-02-01', reason: 'r' }],
    [
      ['resolve', 'b-1', '--resolution', 'TIMING', '--reason', 'r', '--expected-on', '2026-02-01'],
      'resolve',
      { resolution: 'TIMING', reason: 'r', expectedOn: '2026-02-01' },
    ],
    [['reject', 'b-1', '--reason', 'r'], 'reject', { reason: 'r' }],
    [['reopen', 'b-1', '--reason', 'r'], 'reopen', { reason: 'r' }],
  ])('%j acts on the revision that it saw', async (args, action, body) => {
    await breaks(...args);
    expect(acts()).toMatchObject([{ url: `/breaks/b-1/${action}`, body: { ...body, expectedRevision: '3' } }]);
    calls = [];
    await breaks(...args, '--revision', '2');
    expect(calls).toMatchObject([{ method: 'POST', body: { expectedRevision: 2 } }]);
  });

  it('approve passes on why it is refused', async () => {
    await expect(breaks('approve', 'b-1')).rejects.toThrow('mara proposed it. Ask somebody else.');
  });

  it('bulk looks first, says what it would do, and does it when told', async () => {
    const text = await breaks('bulk', 'resolve', '--resolution', 'FX', '--reason', 'r', '--check', 'invoice-balance');
    expect(text).toMatch(/eligible +b-1 +PROPOSED/);
    expect(text).toContain('Do it with --yes.');
    await breaks('bulk', 'assign', '--to', 'jo', '--id', 'b-1', '--yes');
    const items = [
      { breakId: 'b-1', expectedRevision: '3' },
      { breakId: 'b-1', expectedRevision: '3' },
    ];
    expect(acts().map(({ body }) => body)).toEqual([
      { dryRun: true, act: { action: 'resolve', resolution: 'FX', reason: 'r' }, items },
      { dryRun: false, act: { action: 'assign', assignee: 'jo' }, items },
    ]);
    await expect(breaks('bulk', 'comment', '--reason', 'r', '--id', 'b-9')).rejects.toThrow('b-9');
  });

  it('a sheet goes out and comes back through the service', async () => {
    const file = path.join(folder, 'breaks.csv');
    await breaks('export', '--out', file, '--owner-group', 'finance');
    expect(calls[0]?.url).toBe(
      '/break-sheets/export?status=open&workflow=open%2Cproposed%2Cpending&ownerGroup=finance',
    );
    const text = await breaks('import', file);
    expect(acts()[0]?.body).toEqual({ csv: readFileSync(file, 'utf8'), apply: false });
    expect(text).toMatch(/2 +eligible +b-1 +assignee: - -> jo; then OPEN; only for reading: value/);
    expect(text).toMatch(/3 +conflict +b-2 +It has changed\.; now: revision 9, CLOSED, jo/);
    expect(text).toContain('Apply it with --yes.');
    expect(process.exitCode).toBe(1);
    await breaks('import', file, '--yes');
    expect(acts().at(-1)?.body).toMatchObject({ apply: true });
  });

  it('a sheet in another encoding is not guessed at', async () => {
    const file = path.join(folder, 'latin.csv');
    writeFileSync(file, Buffer.from([0x62, 0xe4, 0x0a]));
    await expect(breaks('import', file)).rejects.toThrow('not UTF-8');
    await expect(breaks('import', path.join(folder, 'none.csv'))).rejects.toThrow('cannot be read');
  });

  it('verify checks every page, and its exit code says when something was changed', async () => {
    expect(await breaks('verify')).toContain(
      '4 breaks with 10 audit entries were checked: all are as they were written.',
    );
    expect(process.exitCode).toBe(0);
    faults = [{ breakId: 'b-2', entries: 3, end: null, fault: { sequence: '2', problem: 'its content was changed' } }];
    expect(await breaks('verify')).toContain('b-2 at entry 2: its content was changed');
    expect(process.exitCode).toBe(1);
  });

  it.each([
    ['resolve without a reason', ['resolve', 'b-1', '--resolution', 'FX'], /--reason/],
    ['a bulk act that there is not', ['bulk', 'delete'], /assign, comment/],
    ['a state of work that there is not', ['list', '--workflow', 'done'], /done is none of/],
  ])('refuses %s', async (_, args, message) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit');
    });
    await expect(breaks(...args)).rejects.toThrow();
    expect(write.mock.calls.map(([text]) => String(text)).join('')).toMatch(message);
  });
});

describe('docs/how-to/resolve-a-break.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/how-to/resolve-a-break.md'), 'utf8');
  const commands = [...page.matchAll(/^npm run tieout -- breaks ([^#\n]+)/gm)].map(([, args = '']) => args.trim());

  it('shows every command', () => {
    const all = program().commands.find((command) => command.name() === 'breaks')?.commands ?? [];
    const shown = new Set(commands.map((args) => args.split(' ', 1)[0]));
    expect(all.map((command) => command.name()).filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(commands)('breaks %s', async (args) => {
    vi.stubEnv('INIT_CWD', folder);
    approval = [200, view];
    writeFileSync(path.join(folder, 'breaks.csv'), 'break_id,revision\n');
    const words = [...args.replaceAll('<id>', 'b-1').matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word ?? '',
    );
    expect(await breaks(...words)).not.toBe('');
  });
});

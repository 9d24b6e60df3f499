import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';
import { backTestOf, historyOf, versionOf } from './rules.fixture.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tieout-rules-'));
const stack = path.join(folder, 'demo.json');
const rulesFile = path.join(folder, 'rules.yaml');
let server: Server;
let calls: { route: string; body: unknown }[] = [];
let answers: Record<string, unknown> = {};

const RULES = `# tuned
name: payments-bank
rules:
  - kind: match
    name: exact
    keys: [reference]
    outcome: matched
`;
const AT = '/rule-sets/payments-bank/versions';
const view = { version: versionOf(2, 'draft'), source: 'name: payments-bank' };

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const route = `${request.method} ${request.url}`;
      calls.push({ route, body: text === '' ? null : JSON.parse(text) });
      const answer = answers[route];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'unknown here', action: 'Look again.' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const discovery = {
    ...{ version: 1, scenario: 'month-end', startedAt: '2026-03-31T12:00:00.000Z', pid: process.pid },
    services: { reconciliation: { url, pid: 1 } },
    ...{ brokers: ['127.0.0.1:1'], registryUrl: 'http://127.0.0.1:1', bundle: '/nowhere' },
    ...{ vendors: {}, report: null, issuer: null, links: {} },
  };
  writeFileSync(stack, JSON.stringify(discovery));
  writeFileSync(rulesFile, RULES);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  calls = [];
  answers = {
    'GET /rule-sets': { ruleSets: [] },
    [`GET ${AT}`]: historyOf(),
    [`GET ${AT}/2`]: view,
    [`POST ${AT}`]: view,
    [`POST ${AT}/2/propose`]: { ...view, version: versionOf(2, 'proposed') },
    [`POST ${AT}/2/reject`]: { ...view, version: versionOf(2, 'rejected') },
    [`POST ${AT}/2/activate`]: { ...view, version: versionOf(2, 'active') },
    [`POST ${AT}/2/back-tests`]: backTestOf({ status: 'waiting', results: [] }),
    [`GET ${AT}/2/back-tests`]: { backTests: [backTestOf({ backTestId: 't-2', status: 'failed' }), backTestOf()] },
    [`GET ${AT}/2/back-tests/t-1`]: backTestOf(),
    [`POST ${AT}/2/back-tests/t-1/cancel`]: backTestOf({ status: 'cancelled', results: [] }),
  };
  vi.stubEnv('TIEOUT_TOKEN', new UnsecuredJWT({}).setSubject('mara').setExpirationTime('1h').encode());
});
afterEach(() => {
  process.exitCode = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What the command prints, on either stream. */
async function rules(...args: string[]): Promise<{ out: string; said: string }> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const spy of [out, said]) spy.mockClear();
  await program().parseAsync(['rules', ...args, '--stack', stack], { from: 'user' });
  const text = (spy: typeof out): string => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
  return { out: text(out), said: text(said) };
}
const acts = (): object[] => calls.filter(({ route }) => route.startsWith('POST'));
const because = ['--reason', 'wider'];

describe('rules', () => {
  it.each([
    [['propose', 'payments-bank', '2', ...because], 'propose', 'proposed'],
    [['reject', 'payments-bank', '2', ...because], 'reject', 'rejected'],
  ])('%j acts with its reason', async (args, act, status) => {
    const { out } = await rules(...args);
    expect(acts()).toEqual([{ route: `POST ${AT}/2/${act}`, body: { reason: 'wider' } }]);
    expect(out).toContain(`version 2 is ${status}`);
  });

  it('draft sends the file as it is written', async () => {
    await rules('draft', 'payments-bank', rulesFile, ...because);
    expect(acts()).toEqual([{ route: `POST ${AT}`, body: { rules: RULES, reason: 'wider' } }]);
  });

  it('draft does not send what the service would refuse, and says where it is wrong', async () => {
    const bad = path.join(folder, 'bad.yaml');
    writeFileSync(bad, RULES.replace('kind: match', 'kind: guess'));
    await expect(rules('draft', 'payments-bank', bad, ...because)).rejects.toThrow(/bad\.yaml:\d+:\d+ rules\[0\]/);
    expect(calls).toEqual([]);
  });

  it('backtest follows it to its end and shows it', async () => {
    const { out } = await rules('backtest', 'payments-bank', '2', '--as-of', '2026-03-31', '--examples', '1');
    expect(acts()).toEqual([
      { route: `POST ${AT}/2/back-tests`, body: { periods: 3, examples: 1, cutOffs: ['2026-03-31'] } },
    ]);
    expect(out).toContain('1 WOULD BE LOST');
  });

  it('backtest --last shows the last one that is done, --cancel stops one, and one that failed is exit code 1', async () => {
    expect((await rules('backtest', 'payments-bank', '2', '--last')).out).toContain('back-test t-1');
    expect((await rules('backtest', 'payments-bank', '2', '--cancel', 't-1')).out).toContain('cancelled');
    answers[`POST ${AT}/2/back-tests`] = backTestOf({ backTestId: 't-1' });
    answers[`GET ${AT}/2/back-tests/t-1`] = backTestOf({ status: 'failed', problem: 'too large' });
    await rules('backtest', 'payments-bank', '2');
    expect(process.exitCode).toBe(1);
  });

  it('activate names the back-test that it has shown, and does nothing unless somebody says yes', async () => {
    const { said } = await rules('activate', 'payments-bank', '2', ...because);
    expect(said).toContain('1 WOULD BE LOST');
    expect(said).toContain('Nothing was done: confirm with --yes.');
    expect([acts(), process.exitCode]).toEqual([[], 1]);
    await rules('activate', 'payments-bank', '2', ...because, '--yes', '--accept-lost');
    expect(acts()).toEqual([
      { route: `POST ${AT}/2/activate`, body: { reason: 'wider', acceptLost: true, backTestId: 't-1' } },
    ]);
  });

  it('activate says how to get a back-test when there is none', async () => {
    answers[`GET ${AT}/2/back-tests`] = { backTests: [] };
    await expect(rules('activate', 'payments-bank', '2', ...because)).rejects.toThrow('rules backtest payments-bank 2');
  });

  it('show is exit code 1 when the audit was tampered with', async () => {
    await rules('show', 'payments-bank');
    expect(process.exitCode).not.toBe(1);
    answers[`GET ${AT}`] = historyOf({ chainFault: { sequence: '1', problem: 'its content was changed' } });
    await rules('show', 'payments-bank');
    expect(process.exitCode).toBe(1);
  });

  it('list and show --json are for programs', async () => {
    expect(JSON.parse((await rules('list', '--json')).out)).toEqual({ ruleSets: [] });
    expect(JSON.parse((await rules('show', 'payments-bank', '2', '--json')).out)).toMatchObject({
      source: view.source,
    });
  });
});

describe('docs/how-to/tune-a-rule.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/how-to/tune-a-rule.md'), 'utf8');
  const commands = [...page.matchAll(/^npm run (?:--silent )?tieout -- rules ([^#>\n]+)/gm)].map(([, args = '']) =>
    args.trim(),
  );

  it('shows every command', () => {
    const shown = new Set(commands.map((args) => args.split(' ', 1)[0]));
    const all = program().commands.find((command) => command.name() === 'rules')?.commands ?? [];
    // Those that the page only names.
    expect(all.map((command) => command.name()).filter((name) => !shown.has(name))).toEqual(['reject']);
  });

  it.each(commands)('rules %s', async (args) => {
    vi.stubEnv('INIT_CWD', folder);
    answers[`GET ${AT}/1`] = view;
    const csv = 'id,date,amount,currency,reference\na,2026-03-01,100.00,EUR,INV-1\n';
    for (const name of ['erp.csv', 'bank.csv']) writeFileSync(path.join(folder, name), csv);
    writeFileSync(path.join(folder, 'draft.yaml'), RULES);
    const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
    await rules(...words, ...(words[0] === 'activate' ? ['--yes'] : []));
    expect(process.exitCode ?? 0).toBe(0);
  });
});

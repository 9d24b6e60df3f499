import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { requestToken } from '@tieout/stack';
import { eventually } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDiscovery, type Discovery } from './discovery.ts';
import { PLANT_NAMES } from './month-end/plant.ts';
import { readMonthEndReport, type MonthEndReport } from './month-end/report-shape.ts';
import { SERVICES } from './options.ts';
import { hasPrometheus } from './prometheus.ts';
import { browserPath, NO_BROWSER, openBrowser } from './page/browser.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-page-'));
const file = path.join(folder, 'demo.json');
const CI = Boolean(process.env['CI']);

let demo: ChildProcess;
let said = '';
let discovery: Discovery;
let report: MonthEndReport;

beforeAll(async () => {
  demo = spawn('node', ['tools/run.mjs', 'tools/demo/src/main.ts', '--discovery', file], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'], // with the channel closed by our end, it ends too
  });
  demo.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<never>((_, reject) => {
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${String(code)}:\n${said.slice(-3_000)}`)));
  });
  ended.catch(() => undefined);
  const upAndRead = eventually(() => existsSync(file) && readDiscovery(file).report !== null, {
    timeoutMs: 540_000,
    describe: () => said.slice(-2_000),
  });
  await Promise.race([upAndRead, ended]);
  discovery = readDiscovery(file);
  report = readMonthEndReport(discovery.report!);
  // A demo that went wrong is another test's affair; what it reported too early is not what there is to see later.
  if (!report.tiedOut) throw new Error(`the month-end did not tie out:\n${said.slice(-3_000)}`);
}, 600_000);

afterAll(async () => {
  if (demo.exitCode === null) {
    const gone = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGINT');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

function tieout(...args: string[]): { code: number | null; json: unknown; stderr: string } {
  const all = ['--import', 'tsx', 'apps/cli/src/main.ts', ...args, '--json', '--stack', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, json: JSON.parse(stdout || 'null') as unknown, stderr };
}

/** Check, kind and object name a break, here and in the report. */
const named = (breaks: readonly { check: string; kind: string; object: string }[]): string[] =>
  breaks.map(({ check, kind, object }) => JSON.stringify([check, kind, object])).sort();

describe('the month-end', () => {
  it('runs from CRM to cash to plan, and exactly what was planted is found', () => {
    expect(report).toMatchObject({ unexpected: [], missing: [] });
    expect(report.planted.map(({ plant, found }) => [plant, found])).toEqual(PLANT_NAMES.map((name) => [name, true]));
    expect(report.breaks).toHaveLength(report.planted.flatMap(({ expected }) => expected).length);
    for (const { topic, keys, expectedKeys } of report.flow)
      if (expectedKeys !== null) expect([topic, keys]).toEqual([topic, expectedKeys]);
    expect(report.stations.erp).toEqual(report.stations.expected);
    expect(report.stations.topic).toEqual(report.stations.expected);
    expect(Object.keys(discovery.services).sort()).toEqual([...SERVICES].sort());
    expect(Object.keys(discovery.vendors).sort()).toEqual(['anaplan', 'netsuite', 'salesforce', 'sap-s4hana']);
  });
});

// Whoever has no browser sees the rest; CI has to have one.
describe.skipIf(browserPath() === null && !CI)('the page of a running demo, in a browser', () => {
  it('shows the numbers of the report, and breaks no rule of its own policy', async () => {
    expect(browserPath(), NO_BROWSER).not.toBeNull();
    await using resources = new AsyncDisposableStack();
    const browser = await openBrowser();
    resources.defer(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    const response = await page.goto(discovery.links['Page']!);
    expect(response?.status()).toBe(200);

    const values = (selector: string, ...names: string[]): Promise<string[][]> =>
      page
        .locator(selector)
        .evaluateAll((all, wanted) => all.map((one) => wanted.map((name) => one.getAttribute(name) ?? '')), names);
    const figures = async (row: string): Promise<Record<string, string>> =>
      Object.fromEntries(await values(`${row} [data-field]`, 'data-field', 'data-value'));

    expect((await values('[data-break]', 'data-break')).flat().sort()).toEqual(named(report.breaks));
    const plants = (await values('.breaks tbody', 'data-plant')).flat();
    expect(plants).toEqual(report.planted.map(({ plant }) => plant));
    expect(await page.locator('[data-verdict]').getAttribute('data-verdict')).toBe('good');
    for (const { topic, records, keys } of report.flow)
      expect(await figures(`[data-topic="${topic}"]`), topic).toEqual({ records: String(records), keys: String(keys) });

    const shown = await values('[data-figure] [data-station]', 'data-station', 'data-value');
    expect(shown.length).toBeGreaterThan(0);
    for (const station of ['erp', 'topic', 'planning'] as const)
      expect(cents(shown.filter(([name]) => name === station).map(([, value]) => value!)), station).toBe(
        cents(report.stations[station].flatMap((one) => [String(one.invoices), one.invoiced, one.paid, one.open])),
      );

    const services = await values('[data-service]', 'data-service', 'data-ready');
    expect(services).toEqual(Object.keys(discovery.services).map((name) => [name, 'true']));
    expect(complaints).toEqual([]);

    const first = page.locator('.breaks details').first();
    expect(await first.locator('dl').isVisible()).toBe(false);
    await first.locator('summary').press('Enter');
    expect(await first.locator('dl').isVisible()).toBe(true);
  });
});

/** All of them added up; a hundredth is the smallest part of any. */
function cents(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => {
    const [whole = '0', part = ''] = amount.split('.');
    return sum + BigInt(whole) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2));
  }, 0n);
}

describe('the command line, beside a running demo', () => {
  it('finds everything ready, and the same topics and breaks', () => {
    const status = tieout('status');
    expect(status).toMatchObject({ code: 0, json: { scenario: 'month-end', links: discovery.links } });
    const { services } = status.json as { services: { name: string; ready: boolean; consumers: unknown[] }[] };
    expect(services.map(({ name }) => name)).toEqual(Object.keys(discovery.services));
    for (const { name, ready, consumers } of services)
      expect([name, ready, consumers.length > 0]).toEqual([name, true, true]);

    const { topics } = tieout('topics').json as { topics: { topic: string; records: number; keys: number }[] };
    const counts = new Map(topics.map(({ topic, records, keys }) => [topic, { records, keys }]));
    for (const { topic, records, keys } of report.flow) expect(counts.get(topic), topic).toEqual({ records, keys });

    type Break = { breakId: string; check: string; kind: string; object: string };
    const all = tieout('breaks').json as { breaks: Break[]; nextCursor: string | null };
    expect(named(all.breaks)).toEqual(named(report.breaks));
    const page = tieout('breaks', '--limit', '2').json as { breaks: Break[]; nextCursor: string };
    const next = tieout('breaks', '--limit', '2', '--cursor', page.nextCursor).json as { breaks: Break[] };
    expect([...page.breaks, ...next.breaks]).toEqual(all.breaks.slice(0, 4));
    const { check, kind, breakId } = all.breaks[0]!;
    const some = tieout('breaks', '--check', check, '--kind', kind).json as { breaks: Break[] };
    expect(some.breaks).toEqual(all.breaks.filter((one) => one.check === check && one.kind === kind));
    expect(tieout('breaks', breakId).json).toEqual(all.breaks[0]);

    const unknown = tieout('breaks', '00000000-0000-4000-8000-000000000000');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('no break with this id') as string });
    const { runs } = tieout('runs', '--limit', '1').json as { runs: { breaks: number }[] };
    expect(runs).toMatchObject([{ status: 'breaks', breaks: report.breaks.length }]);
  });
});

describe('bearer tokens, beside a running demo', () => {
  it('are known to every service, and only an operator starts a run', async () => {
    const { services } = tieout('whoami', '--as-role', 'auditor').json as { services: { user: { roles: string[] } }[] };
    expect(services.map(({ user }) => user.roles)).toEqual(Object.keys(discovery.services).map(() => ['auditor']));
    const runs = `${discovery.services['reconciliation']!.url}/runs`;
    const start = async (headers: Record<string, string>): Promise<unknown> =>
      ((await (await fetch(runs, { method: 'POST', headers })).json()) as { code: string }).code;
    expect(await start({})).toBe('TOKEN_MISSING');
    const auditor = await requestToken(discovery.issuer!, { subject: 'aud', roles: ['auditor'] });
    expect(await start({ authorization: `Bearer ${auditor}` })).toBe('ROLE_MISSING');
    const secret = readFileSync(discovery.issuer!.clientSecretFile, 'utf8').trim();
    expect(`${said}${readFileSync(file, 'utf8')}`).not.toContain(secret);
  });
});

describe.skipIf(!hasPrometheus() && !CI)('Prometheus, beside a running demo', () => {
  it('scrapes every service with our rules, and sees the breaks', async () => {
    const url = discovery.links['Prometheus'];
    expect(url, 'apt-get install prometheus').toBeDefined();
    const ask = async (question: string): Promise<unknown> =>
      ((await (await fetch(`${url}/api/v1/${question}`)).json()) as { data: unknown }).data;
    const query = async (expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> =>
      ((await ask(`query?query=${encodeURIComponent(expr)}`)) as { result: never }).result;

    await eventually(async () => (await query('up{job="tieout"} == 1')).length === 5, { timeoutMs: 60_000 });
    const breaks = report.breaks.length;
    await eventually(async () => Number((await query('sum(tieout_breaks)'))[0]?.value[1]) === breaks, {
      timeoutMs: 60_000,
    });
    const { groups } = (await ask('rules')) as {
      groups: { rules: { name: string; health: string; state: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(({ health, state }) => health === 'err' || state === 'firing')).toEqual([]);
    expect(await query('tieout_metric_read_errors_total > 0')).toEqual([]);
  });
});

describe('the end of the demo', () => {
  it('takes the page, Prometheus and the announcement along', async () => {
    const gone = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGINT');
    await gone;
    expect(existsSync(file)).toBe(false);
    for (const [name, url] of Object.entries(discovery.links))
      await expect(fetch(url), name).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(tieoutAfter()).toMatchObject({ status: 3, stderr: expect.stringContaining('npm run demo') as string });
  });
});

function tieoutAfter(): { status: number | null; stderr: string } {
  const args = ['--import', 'tsx', 'apps/cli/src/main.ts', 'status', '--stack', file];
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
}

import { startAnaplanSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { Client } from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlanningCell } from './cells.map.ts';
import { createAnaplanClient, type AnaplanClient, type Load } from './client.ts';
import { anaplanConfig, type AnaplanConfig } from './config.ts';

type Sandbox = Awaited<ReturnType<typeof startAnaplanSandbox>>;

let databaseUrl = '';
let sandbox: Sandbox;

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
});
afterEach(() => sandbox.close());

async function begin(
  options: Partial<Parameters<typeof startAnaplanSandbox>[0]> = {},
  settings: Partial<AnaplanConfig> = {},
): Promise<AnaplanClient> {
  sandbox = await startAnaplanSandbox({ databaseUrl, taskMs: 1, ...options });
  return createAnaplanClient(anaplanConfig.parse({ ...sandbox.credentials, pollMs: 20, ...settings }));
}

const cell = (over: Partial<PlanningCell> = {}): PlanningCell => ({
  legalEntity: '391',
  currency: 'USD',
  month: '2013-01',
  invoices: '2',
  invoiced: '121.82',
  paid: '55.94',
  open: '65.88',
  ...over,
});

const load = (...cells: PlanningCell[]): Load => ({
  legalEntities: [{ code: '391', name: 'West' }],
  currencies: [{ code: 'USD', name: 'USD' }],
  cells,
});

const nothing = async (): Promise<void> => undefined;

async function read(client: AnaplanClient): Promise<PlanningCell[]> {
  const cells: PlanningCell[] = [];
  for await (const page of client.readCells()) cells.push(...page);
  return cells;
}

/** Sign-ins so far: a refresh keeps its token. */
async function tokensIssued(): Promise<number> {
  const client = new Client(databaseUrl);
  await client.connect();
  const found = await client.query<{ count: number }>('select count(*)::int as count from sandbox_anaplan.token');
  await client.end();
  return found.rows[0]?.count ?? 0;
}

/** What the files hold. */
async function uploaded(): Promise<string> {
  const client = new Client(databaseUrl);
  await client.connect();
  const found = await client.query<{ content: Buffer }>('select content from sandbox_anaplan.chunk');
  await client.end();
  return found.rows.map(({ content }) => content.toString()).join('\n');
}

const order = (fault: string, times = 1): Promise<Response> =>
  fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', body: JSON.stringify({ fault, times }) });

describe('loading', () => {
  it('brings cells through chunks that end mid-row and reads them back digit by digit', async () => {
    const client = await begin({}, { chunkBytes: 16 });
    const cells = [cell(), cell({ month: '2013-02', invoiced: '12345678901234.5678' })];
    const outcome = await client.load(load(...cells), nothing);
    expect(outcome.cells).toEqual({ sent: 2, loaded: 2, refused: [], successful: true, byRow: true });
    expect(await read(client)).toEqual(cells);
  });

  it('names every refused row with its position in the load and the vendor’s reason, and loads the others', async () => {
    const client = await begin();
    const outcome = await client.load(
      load(
        cell({ month: '1999-01' }),
        cell({ legalEntity: '999' }),
        cell({ month: '2013-03' }),
        cell({ month: '2045-01' }),
      ),
      nothing,
    );
    expect(outcome.cells).toMatchObject({ sent: 4, loaded: 1 });
    expect(outcome.cells.refused.map(({ row, reason }) => [row, reason])).toEqual([
      [1, 'The calendar of the model has no such month'],
      [2, 'Unknown Legal Entities item: 999'],
      [4, 'Unknown Time item: Jan 45'],
    ]);
    expect((await read(client)).map(({ month }) => month)).toContain('2013-03');
  });

  it('is an upsert: loading a cell again replaces it, and zeros take it out of the view', async () => {
    const client = await begin();
    const month = '2014-01';
    await client.load(load(cell({ month })), nothing);
    await client.load(load(cell({ month, open: '0' })), nothing);
    expect((await read(client)).find((found) => found.month === month)?.open).toBe('0');
    await client.load(load(cell({ month, invoices: '0', invoiced: '0', paid: '0', open: '0' })), nothing);
    expect((await read(client)).some((found) => found.month === month)).toBe(false);
  });

  it('imports nothing when the writer has lost its lease before the start', async () => {
    const client = await begin();
    const month = '2014-02';
    const lost = client.load(load(cell({ month })), () => Promise.reject(new Error('lease lost')));
    await expect(lost).rejects.toThrow('lease lost');
    expect((await read(client)).some((found) => found.month === month)).toBe(false);
  });

  it('replaces no file of another writer when it has lost its lease meanwhile', async () => {
    const client = await begin();
    const mine = cell({ month: '2014-05' });
    let checks = 0;
    // The other writer takes over and uploads its files after this one has uploaded its first.
    const late = client.load(load(cell({ month: '2014-06' })), async () => {
      checks += 1;
      if (checks < 2) return;
      if (checks === 2) await client.load(load(mine), nothing);
      throw new Error('lease lost');
    });
    await expect(late).rejects.toThrow('lease lost');
    const other = createAnaplanClient(anaplanConfig.parse({ ...sandbox.credentials, pollMs: 20 }));
    expect((await read(other)).some((found) => found.month === mine.month)).toBe(true);
    expect(await uploaded()).toContain('May 14');
    expect(await uploaded()).not.toContain('Jun 14');
  });

  it.each(['cancel-task', 'fail-task'])('takes no row as loaded after %s', async (fault) => {
    const client = await begin();
    await order(fault);
    const outcome = await client.load(load(cell({ month: '2014-03' })), nothing);
    expect(outcome.cells).toMatchObject({ sent: 1, loaded: 0, successful: false });
  });

  it('says that the outcome is unknown when the answer to the start is lost, and can load the same again', async () => {
    const client = await begin();
    const cells = load(cell({ month: '2014-04' }));
    await order('lose-task-answer');
    await expect(client.load(cells, nothing)).rejects.toMatchObject({ code: 'anaplan-outcome-unknown' });
    expect((await client.load(cells, nothing)).cells.loaded).toBe(1);
  });
});

describe('calls', () => {
  it('wait as long as the vendor asks with a 429 and then go on', async () => {
    const client = await begin();
    await order('too-many-requests');
    const begun = Date.now();
    await read(client);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
  });

  it('stay within their budget without being refused', async () => {
    const client = await begin({ requestsPerMinute: 1200 }, { requestsPerMinute: 1100 });
    for (let n = 0; n < 14; n += 1) await read(client);
  });

  it('sign in once for callers at the same time and refresh that token before it ends', async () => {
    const client = await begin({ tokenLifeMs: 2000, requestsPerMinute: 60_000 }, { requestsPerMinute: 60_000 });
    const before = await tokensIssued();
    await Promise.all([read(client), read(client), read(client)]);
    const until = Date.now() + 2500;
    while (Date.now() < until) await read(client);
    expect((await tokensIssued()) - before).toBe(1);
  });

  it('report a refused password as a misconfiguration and a stopped vendor as transient', async () => {
    const refused = await begin({}, { password: 'wrong' });
    await expect(read(refused)).rejects.toMatchObject({ name: 'MisconfiguredError', code: 'anaplan-login-refused' });
    await sandbox.close();
    const client = createAnaplanClient(anaplanConfig.parse(sandbox.credentials));
    await expect(read(client)).rejects.toMatchObject({ name: 'TransientError', code: 'anaplan-unreachable' });
    await begin();
  });
});

import { startAnaplanSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAnaplanClient, type AnaplanClient } from './client.ts';
import { anaplanConfig, type AnaplanConfig } from './config.ts';
import type { ForecastCell } from './forecast.map.ts';

let databaseUrl = '';
let sandbox: Awaited<ReturnType<typeof startAnaplanSandbox>>;
let client: AnaplanClient;

const clientWith = (settings: Partial<AnaplanConfig> = {}): AnaplanClient =>
  createAnaplanClient(
    anaplanConfig.parse({ ...sandbox.credentials, pollMs: 20, requestsPerMinute: 60_000, ...settings }),
  );

beforeEach(async () => {
  databaseUrl = (await createDatabase()).url;
  sandbox = await startAnaplanSandbox({ databaseUrl, taskMs: 1, requestsPerMinute: 60_000 });
  client = clientWith();
  await client.load(
    {
      legalEntities: [
        { code: '391', name: 'West' },
        { code: '406', name: 'East' },
      ],
      currencies: [{ code: 'USD', name: 'US Dollar' }],
      cells: [],
    },
    async () => undefined,
  );
});
afterEach(() => sandbox.close());

const cell = (over: Partial<ForecastCell> = {}): ForecastCell => ({
  versionId: '107000000003',
  version: 'Budget',
  legalEntity: '391',
  currency: 'USD',
  month: '2026-01',
  lineItem: 'Billings',
  amount: '12345678901234.5678',
  ...over,
});

async function read(from: AnaplanClient = client): Promise<ForecastCell[]> {
  const cells: ForecastCell[] = [];
  for await (const page of from.readForecast()) cells.push(...page);
  return cells;
}

const query = async (sql: string): Promise<void> => {
  const connection = new Client(databaseUrl);
  await connection.connect();
  await connection.query(sql);
  await connection.end();
};

describe('the forecast', () => {
  it('has versions with an id, a name and what they are', async () => {
    expect(await client.versions()).toEqual([
      { id: '107000000001', name: 'Actual', isActual: true, isCurrent: false },
      { id: '107000000002', name: 'Forecast', isActual: false, isCurrent: true },
      { id: '107000000003', name: 'Budget', isActual: false, isCurrent: false },
    ]);
    await query('delete from sandbox_anaplan.version_item');
    expect(await client.versions()).toEqual([]);
    expect(await read()).toEqual([]);
  });

  it('is read as it was written, digit by digit, without actuals', async () => {
    const cells = [
      cell({ versionId: '107000000002', version: 'Forecast', amount: '-0.0001' }),
      cell(),
      cell({ lineItem: 'Collections', amount: '7' }),
      cell({ legalEntity: '406', month: '2026-12' }),
    ];
    expect(await client.writeForecast(cells)).toEqual({ sent: 4, written: 4, refused: [] });
    await query(`insert into sandbox_anaplan.cell (version, legal_entity, currency, period, line_item, value)
      select '107000000001', legal_entity, currency, period, line_item, 5 from sandbox_anaplan.cell limit 1`);
    expect(await read()).toEqual(cells);
    await client.writeForecast([cell({ amount: '0' })]);
    expect(await read()).toEqual(cells.filter((each) => each.amount !== cell().amount || each.legalEntity === '406'));
  });

  it('is written in requests of their own size, and every refused cell is named by its position', async () => {
    const cells = [
      cell(),
      cell({ month: '1999-01' }),
      cell({ legalEntity: '999' }),
      cell({ month: '2026-02' }),
      cell({ versionId: '107000000001' }),
      cell({ amount: '1.23456' }),
      cell({ month: '2026-03' }),
    ];
    const outcome = await clientWith({ cellsAWrite: 2 }).writeForecast(cells);
    expect(outcome).toMatchObject({ sent: 7, written: 3 });
    expect(outcome.refused.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'The month or the amount cannot be written'],
      [3, 'Unknown dimension item'],
      [5, 'The actual version is read-only'],
      [6, 'Invalid value'],
    ]);
    expect(outcome.refused[1]?.cell).toBe('Billings / 999 / USD / 2026-01');
    expect((await read()).map(({ month }) => month)).toEqual(['2026-01', '2026-02', '2026-03']);
  });

  it('keeps the name of an item without code, and an amount of more decimals than a contract has', async () => {
    await client.writeForecast([cell()]);
    const place = {
      version: 'Budget',
      legalEntity: '406 East',
      currency: 'USD',
      month: 'Feb 26',
      lineItem: 'Billings',
    };
    await fetch(`${sandbox.url}/sandbox/cell`, {
      method: 'PUT',
      body: JSON.stringify({ ...place, value: '0.123456' }),
    });
    await query(`update sandbox_anaplan.list_item set code = 'w', name = 'Whole company' where code = '391'`);
    const cells = await read();
    expect(cells.map(({ legalEntity, amount }) => [legalEntity, amount])).toEqual([
      ['w', '12345678901234.5678'],
      ['406', '0.123456'],
    ]);
  });

  it('of a model that calls its objects otherwise is found by their names, and what is missing is said', async () => {
    await client.writeForecast([cell()]);
    await expect(read(clientWith({ forecastView: 'Plan' }))).rejects.toMatchObject({ code: 'anaplan-not-found' });
    await expect(read(clientWith({ forecastLineItems: ['Billings', 'Margin'] }))).rejects.toMatchObject({
      code: 'anaplan-view',
      message: 'The Anaplan view has no column Margin',
    });
    await expect(clientWith({ forecastModule: 'Plan' }).writeForecast([cell()])).rejects.toMatchObject({
      code: 'anaplan-not-found',
    });
    expect(await read(clientWith({ forecastLineItems: ['Collections'] }))).toEqual([]);
  });

  it('is torn, and to be read again, when the view has a version that was not listed before', async () => {
    await client.writeForecast([cell()]);
    const send = globalThis.fetch;
    // Somebody renames the version between the list of versions and the reading of the view.
    const watched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
      if (init?.method === 'POST' && String(url).endsWith('/readRequests'))
        await query(`update sandbox_anaplan.version_item set name = 'Plan' where id = '107000000003'`);
      return send(url, init);
    });
    try {
      await expect(read()).rejects.toMatchObject({ name: 'TransientError', code: 'anaplan-reading-torn' });
    } finally {
      watched.mockRestore();
    }
    expect(await read()).toEqual([cell({ version: 'Plan' })]);
  });
});

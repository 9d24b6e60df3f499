import { createDatabase } from '@tieout/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../sandbox.ts';
import { CLEAR_ACTION, CURRENCIES, FORECAST_MODULE, FORECAST_VIEW, LEGAL_ENTITIES, MODULE, TIME } from './model.ts';
import { type AnaplanCredentials, startAnaplanSandbox } from './start.ts';

// The wire's own JSON: what a test reads of it, it asserts.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

let databaseUrl = '';
let sandbox: RunningSandbox<AnaplanCredentials>;
let token = '';

const begin = async (): Promise<void> => {
  sandbox = await startAnaplanSandbox({ databaseUrl, taskMs: 1, requestsPerMinute: 60_000 });
  const { user, password } = sandbox.credentials;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const answer = await fetch(`${sandbox.url}/token/authenticate`, { method: 'POST', headers: { authorization } });
  token = ((await answer.json()) as Json).tokenInfo.tokenValue;
};

beforeEach(async () => {
  databaseUrl = (await createDatabase()).url;
  await begin();
  for (const [list, codes] of [
    [LEGAL_ENTITIES.id, ['391', '406']],
    [CURRENCIES.id, ['USD', 'EUR']],
  ] as const)
    await api('POST', `/lists/${list}/items?action=add`, {
      items: codes.map((code) => ({ code, name: `${code} name` })),
    });
});
afterEach(() => sandbox.close());

async function api(method: string, path: string, body?: unknown): Promise<Json> {
  const { apiUrl, modelId } = sandbox.credentials;
  const accept = path.includes('format=v1') ? 'application/json' : '*/*';
  const headers = { authorization: `AnaplanAuthToken ${token}`, 'content-type': 'application/json', accept };
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${apiUrl}/models/${modelId}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: sent }),
  });
  const text = await answer.text();
  return /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

const backdoor = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${sandbox.url}/sandbox${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

const entry = (over: Record<string, string> = {}, lineItemName = 'Billings', value: unknown = '12.5'): unknown => {
  const items = { Versions: 'Budget', 'Legal Entities': '391', Currencies: 'USD', Time: 'Jan 26', ...over };
  const dimensions = Object.entries(items).map(([dimensionName, itemName]) => ({ dimensionName, itemName }));
  return { lineItemName, dimensions, value };
};

const write = (...entries: unknown[]): Promise<Json> => api('POST', `/modules/${FORECAST_MODULE.id}/data`, entries);
const rows = async (): Promise<string[]> =>
  ((await api('GET', `/views/${FORECAST_VIEW.id}/data`)) as string).trim().split('\n').slice(1);

describe('versions', () => {
  it('are listed with what they are, and as items of their dimension', async () => {
    const { versionMetadata } = await api('GET', '/versions');
    expect(versionMetadata).toMatchObject([
      { id: '107000000001', name: 'Actual', isActual: true, isCurrent: false },
      { id: '107000000002', name: 'Forecast', isActual: false, isCurrent: true },
      { id: '107000000003', name: 'Budget', isActual: false, isCurrent: false },
    ]);
    const { items } = await api('GET', '/dimensions/20000000020/items');
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Actual', 'Forecast', 'Budget']);
    const view = await api('GET', `/views/${FORECAST_VIEW.id}`);
    expect(view.rows.map(({ name }: { name: string }) => name)).toEqual([
      'Versions',
      'Legal Entities',
      'Currencies',
      'Time',
    ]);
    const { views } = await api('GET', `/modules/${FORECAST_MODULE.id}/views`);
    expect(views.map(({ name }: { name: string }) => name)).toEqual(['Forecast', 'Forecast with data']);
  });

  it('are added, renamed and deleted by a person, with their cells, and a deleted one stays away after a restart', async () => {
    const added = await backdoor('POST', '/versions', { name: 'Stretch' });
    const { id } = (await added.json()) as Json;
    expect([added.status, id]).toEqual([201, '107000000004']);
    expect((await backdoor('POST', '/versions', { name: 'Stretch' })).status).toBe(400);
    await write(entry({ Versions: 'Stretch' }), entry());
    expect((await backdoor('PUT', `/versions/${id}`, { name: 'Ambition' })).status).toBe(204);
    expect((await rows())[1]).toMatch(/^Ambition,/);
    expect((await backdoor('DELETE', '/versions/107000000003')).status).toBe(204);
    expect((await backdoor('DELETE', '/versions/107000000003')).status).toBe(404);
    expect(await rows()).toEqual(['Ambition,391 name,USD name,Jan 26,12.5,0']);
    await sandbox.close();
    await begin();
    const { versionMetadata } = await api('GET', '/versions');
    expect(versionMetadata.map(({ name }: { name: string }) => name)).toEqual(['Actual', 'Forecast', 'Ambition']);
  });
});

describe('the forecast', () => {
  it('takes cells by id, code or name of every dimension and keeps their digits', async () => {
    const [{ items: entities }, { items: currencies }] = [
      await api('GET', `/dimensions/${LEGAL_ENTITIES.id}/items`),
      await api('GET', `/dimensions/${CURRENCIES.id}/items`),
    ];
    const byId = [
      { dimensionId: '20000000020', itemId: '107000000002' },
      { dimensionId: LEGAL_ENTITIES.id, itemId: entities[1].id },
      { dimensionId: CURRENCIES.id, itemId: currencies[1].id },
      { dimensionId: TIME.id, itemName: 'Feb 26' },
    ];
    const body = JSON.stringify([
      entry(),
      { lineItemId: FORECAST_MODULE.lineItems[1].id, dimensions: byId, value: 0 },
    ]).replace('"value":0', '"value":-12345678901234.5678');
    const answer = await api('POST', `/modules/${FORECAST_MODULE.id}/data`, body);
    expect(answer).toMatchObject({ numberOfCellsChanged: 2, failures: [] });
    expect(await rows()).toEqual([
      'Forecast,406 name,EUR name,Feb 26,0,-12345678901234.5678',
      'Budget,391 name,USD name,Jan 26,12.5,0',
    ]);
  });

  it('lists what it does not take, each with its index and reason, and writes the others', async () => {
    const { numberOfCellsChanged, failures } = await write(
      entry({ Versions: 'Actual' }),
      entry({ Versions: 'Nothing' }),
      entry({}, 'Invoiced'),
      entry({ Time: 'FY26' }),
      entry({}, 'Billings', null),
      entry({}, 'Billings', '1.23456'),
      entry({}, 'Collections', '7'),
      { lineItemName: 'Billings', dimensions: [], value: 1 },
    );
    expect(numberOfCellsChanged).toBe(1);
    expect(
      failures.map((each: { requestIndex: number; failureMessageDetails: string }) => [
        each.requestIndex,
        each.failureMessageDetails,
      ]),
    ).toEqual([
      [0, 'The actual version is read-only'],
      [1, 'Unknown dimension item'],
      [2, 'Unknown line item'],
      [3, 'Unknown dimension item'],
      [4, 'Invalid value'],
      [5, 'Invalid value'],
      [7, 'Unknown dimension item'],
    ]);
    expect(await rows()).toEqual(['Budget,391 name,USD name,Jan 26,0,7']);
  });

  it('is read as JSON, and in pages that were cut when the read was asked for', async () => {
    await write(entry(), entry({ Versions: 'Forecast' }, 'Collections', '3'));
    const path = `/views/${FORECAST_VIEW.id}/readRequests`;
    const { viewReadRequest } = await api('POST', path, '{"exportType":"TABULAR_MULTI_COLUMN"}');
    await write(entry({}, 'Billings', '99'));
    expect(await api('GET', `${path}/${viewReadRequest.requestId}/pages/0`)).toBe(
      'Versions,Legal Entities,Currencies,Time,Billings,Collections\n' +
        'Forecast,391 name,USD name,Jan 26,0,3\nBudget,391 name,USD name,Jan 26,12.5,0\n',
    );
    const { columnCoordinates, rows: data } = await api('GET', `/views/${FORECAST_VIEW.id}/data?format=v1`);
    expect(columnCoordinates).toEqual([['Billings'], ['Collections']]);
    expect(data[1]).toEqual({ rowCoordinates: ['Budget', '391 name', 'USD name', 'Jan 26'], cells: ['99', '0'] });
  });

  it('has in its default view every version, entity, currency and month of the calendar', async () => {
    await write(entry());
    const text: string = await api('GET', `/views/${FORECAST_MODULE.id}/data`);
    const lines = text.trim().split('\n').slice(1);
    expect(lines).toHaveLength(3 * 2 * 2 * 21 * 12);
    expect(lines).toContain('Budget,391 name,USD name,Jan 26,12.5,0');
    expect(lines).toContain('Actual,406 name,EUR name,Dec 30,0,0');
  });

  it('loses a cell by a write of zero, or behind everybody’s back', async () => {
    await write(entry(), entry({ Time: 'Feb 26' }));
    await write(entry({}, 'Billings', 0));
    expect(await rows()).toEqual(['Budget,391 name,USD name,Feb 26,12.5,0']);
    const place = { version: 'Budget', legalEntity: '391', currency: 'USD', month: 'Feb 26', lineItem: 'Billings' };
    expect((await backdoor('PUT', '/cell', { ...place, value: '1.23456' })).status).toBe(204);
    expect(await rows()).toEqual(['Budget,391 name,USD name,Feb 26,1.23456,0']);
    expect(await (await backdoor('DELETE', '/cell', place)).json()).toEqual({ dropped: 1 });
    expect(await rows()).toEqual([]);
    expect((await backdoor('DELETE', '/cell', { ...place, version: 'Nothing' })).status).toBe(404);
  });

  it('shares nothing with the receivables: their cells have no version, and clearing them leaves it alone', async () => {
    const place = { legalEntity: '391', currency: 'USD', month: 'Jan 26', lineItem: 'Invoiced' };
    await backdoor('PUT', '/cell', { ...place, value: '5' });
    await write(entry());
    const receivables = (): Promise<Json> => api('GET', `/views/${MODULE.id}/data?format=v1`);
    const filled = (await receivables()).rows.filter(({ cells }: { cells: string[] }) => cells.some((c) => c !== '0'));
    expect(filled).toEqual([{ rowCoordinates: ['391 name', 'USD name', 'Jan 26'], cells: ['0', '5', '0', '0'] }]);
    const { workspaceId, modelId, apiUrl } = sandbox.credentials;
    const headers = { authorization: `AnaplanAuthToken ${token}` };
    const tasks = `${apiUrl}/workspaces/${workspaceId}/models/${modelId}/actions/${CLEAR_ACTION.id}/tasks`;
    await fetch(tasks, { method: 'POST', headers, body: '{"localeName":"en_US"}' });
    const after = (await receivables()).rows.filter(({ cells }: { cells: string[] }) => cells.some((c) => c !== '0'));
    expect([after, await rows()]).toEqual([[], ['Budget,391 name,USD name,Jan 26,12.5,0']]);
  });

  it('takes over a state of before there were versions', async () => {
    await backdoor('PUT', '/cell', {
      ...{ legalEntity: '391', currency: 'USD', month: 'Jan 26', lineItem: 'Invoiced' },
      value: '5',
    });
    await sandbox.close();
    const client = new Client(databaseUrl);
    await client.connect();
    await client.query(`drop index sandbox_anaplan.cell_place;
      alter table sandbox_anaplan.cell drop column version, add primary key (legal_entity, currency, period, line_item);
      drop table sandbox_anaplan.version_item; alter table sandbox_anaplan.line_item drop column module_id;
      delete from sandbox_anaplan.line_item where name in ('Billings', 'Collections')`);
    await client.end();
    await begin();
    await write(entry());
    expect(await rows()).toEqual(['Budget,391 name,USD name,Jan 26,12.5,0']);
    const text: string = await api('GET', '/views/106000000001/data');
    expect(text.trim().split('\n').slice(1)).toEqual(['391 name,USD name,Jan 26,0,5,0,0']);
  });
});

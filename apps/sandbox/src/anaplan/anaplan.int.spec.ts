import { gzipSync } from 'node:zlib';
import { createDatabase } from '@tieout/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../sandbox.ts';
import { type AnaplanCredentials, type AnaplanSandboxOptions, startAnaplanSandbox } from './start.ts';
import { CURRENCIES, EXPORT, IMPORTS, LEGAL_ENTITIES, LINE_ITEMS, MODULE, PROCESS, SAVED_VIEW, TIME } from './model.ts';

const CELLS = '113000000003';
const CELL_IMPORT = IMPORTS[2]?.id ?? '';
const HEADER = 'Legal Entity,Currency,Month,Invoices,Invoiced,Cash Received,Open\n';

// The wire's own JSON: what a test reads of it, it asserts.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;
const jsonOf = async (answer: Response | Promise<Response>): Promise<Json> => (await answer).json();

let databaseUrl = '';
let sandbox: RunningSandbox<AnaplanCredentials>;
let token = '';

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
});
beforeEach(() => begin());
afterEach(() => sandbox.close());

async function begin(options: Partial<AnaplanSandboxOptions> = {}): Promise<void> {
  // Most tests are not about the budget, and together they would be refused by it.
  sandbox = await startAnaplanSandbox({ databaseUrl, taskMs: 1, requestsPerMinute: 60_000, ...options });
  token = (await jsonOf(signIn())).tokenInfo.tokenValue;
}

async function restart(options: Partial<AnaplanSandboxOptions>): Promise<void> {
  await sandbox.close();
  await begin(options);
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function signIn(password = sandbox.credentials.password): Promise<Response> {
  const authorization = basic(sandbox.credentials.user, password);
  return fetch(`${sandbox.url}/token/authenticate`, { method: 'POST', headers: { authorization } });
}

const workspacePath = (): string =>
  `/workspaces/${sandbox.credentials.workspaceId}/models/${sandbox.credentials.modelId}`;

function call(
  method: string,
  path: string,
  body?: string | Buffer,
  contentType = 'application/json',
): Promise<Response> {
  const headers = { authorization: `AnaplanAuthToken ${token}`, 'content-type': contentType };
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
  return fetch(`${sandbox.credentials.apiUrl}${path}`, { method, headers, ...sent });
}

async function upload(fileId: string, text: string): Promise<void> {
  const answer = await call('PUT', `${workspacePath()}/files/${fileId}`, text, 'application/octet-stream');
  expect(answer.status).toBe(204);
}

async function start(kind: string, id: string): Promise<string> {
  const answer = await call('POST', `${workspacePath()}/${kind}/${id}/tasks`, '{"localeName":"en_US"}');
  return (await jsonOf(answer)).task.taskId;
}

async function run(kind: string, id: string): Promise<Json> {
  const taskId = await start(kind, id);
  return finished(kind, id, taskId);
}

async function finished(kind: string, id: string, taskId: string): Promise<Json> {
  for (;;) {
    const { task } = await jsonOf(call('GET', `${workspacePath()}/${kind}/${id}/tasks/${taskId}`));
    if (['COMPLETE', 'CANCELLED'].includes(task.taskState)) return task;
  }
}

function counts(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.flatMap((key, index) => (index % 2 === 0 ? [[key, values[index + 1] ?? '']] : [])));
}

async function loadLists(): Promise<void> {
  await upload('113000000001', 'Code,Name\n391,391 West\n406,406 East\n');
  await upload('113000000002', 'Code,Name\nUSD,USD\nEUR,EUR\n');
}

async function viewRows(): Promise<string[]> {
  const text = await (await call('GET', `/models/${sandbox.credentials.modelId}/views/${SAVED_VIEW.id}/data`)).text();
  return text.trim().split('\n').slice(1);
}

describe('a model', () => {
  it('that is closed says so until the next call opens it', async () => {
    const step = async (): Promise<string> =>
      (await jsonOf(call('GET', `${workspacePath()}/status`))).requestStatus.currentStep;
    expect(await step()).toBe('Open');
    expect((await call('POST', `${workspacePath()}/close`)).status).toBe(204);
    expect(await step()).toBe('Closed');
    expect(await step()).toBe('Closed');
    expect((await call('GET', `${workspacePath()}/lists`)).status).toBe(200);
    expect(await step()).toBe('Open');
  });

  it('has the years that it is given', async () => {
    const other = (await createDatabase()).url;
    await restart({ databaseUrl: other, years: { first: 2098, last: 2099 } });
    const { items } = await jsonOf(call('GET', `/models/${sandbox.credentials.modelId}/dimensions/20000000003/items`));
    const names = (items as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('Dec 99');
    expect(names).not.toContain('Dec 30');
  });
});

describe('authentication', () => {
  it('signs in with 201 and refreshes to the same token with a later end', async () => {
    let at = new Date('2026-01-31T10:00:00Z');
    await restart({ now: () => at });
    const first = await signIn();
    expect(first.status).toBe(201);
    const { tokenInfo } = await jsonOf(first);
    at = new Date(at.getTime() + 60_000);
    const headers = { authorization: `AnaplanAuthToken ${tokenInfo.tokenValue}` };
    const again = await jsonOf(fetch(`${sandbox.url}/token/refresh`, { method: 'POST', headers }));
    expect(again.tokenInfo.tokenValue).toBe(tokenInfo.tokenValue);
    expect(again.tokenInfo.expiresAt).toBe(tokenInfo.expiresAt + 60_000);
  });

  it('refuses a wrong password, an unknown scheme and a Bearer token each with its own status', async () => {
    const wrong = await signIn('wrong');
    expect([wrong.status, (await jsonOf(wrong)).status]).toEqual([401, 'FAILURE_BAD_CREDENTIAL']);
    const headers = { authorization: `Bearer ${token}` };
    const scheme = await fetch(`${sandbox.url}/token/authenticate`, { method: 'POST', headers });
    expect([scheme.status, (await jsonOf(scheme)).status]).toEqual([400, 'FAILURE_BAD_HEADER']);
    expect((await fetch(`${sandbox.url}/token/validate`, { headers })).status).toBe(400);
  });

  it('lets no call pass with an expired or signed-out token', async () => {
    let at = new Date('2026-01-31T10:00:00Z');
    await restart({ now: () => at });
    expect((await call('GET', '/models')).status).toBe(200);
    at = new Date(at.getTime() + 36 * 60_000);
    expect((await call('GET', '/models')).status).toBe(401);
    token = (await jsonOf(signIn())).tokenInfo.tokenValue;
    const headers = { authorization: `AnaplanAuthToken ${token}` };
    expect((await fetch(`${sandbox.url}/token/logout`, { method: 'POST', headers })).status).toBe(204);
    expect((await call('GET', '/models')).status).toBe(401);
  });
});

describe('envelope', () => {
  it('pages with ready-made addresses and leaves the key of an empty collection out', async () => {
    const model = `/models/${sandbox.credentials.modelId}`;
    const first = await jsonOf(call('GET', `${model}/modules/${MODULE.id}/lineItems?limit=3`));
    expect(first.items).toHaveLength(3);
    expect(first.meta.paging).toMatchObject({ currentPageSize: 3, totalSize: 4, offset: 0 });
    const headers = { authorization: `AnaplanAuthToken ${token}` };
    const second = await jsonOf(fetch(first.meta.paging.next, { headers }));
    expect(second.items.map((item: { name: string }) => item.name)).toEqual(['Open']);
    const empty = await jsonOf(call('GET', `${workspacePath()}/files/${EXPORT.id}/chunks`));
    expect(empty).not.toHaveProperty('chunks');
  });

  it('masks what is not the caller’s as 404 and refuses the workspace form of reading a model', async () => {
    const foreign = await call('GET', '/models/00000000000000000000000000000000/lists');
    expect(foreign.status).toBe(404);
    expect((await jsonOf(foreign)).status.code).toBe(404);
    expect((await call('GET', workspacePath())).status).toBe(405);
    const tasks = await call('GET', `${workspacePath()}/imports/112000000999/tasks`);
    expect([tasks.status, await jsonOf(tasks)]).toEqual([
      200,
      expect.not.objectContaining({ tasks: expect.anything() }),
    ]);
  });
});

describe('bulk import', () => {
  it('joins chunks that end mid-row, gzipped each on its own, and loads lists before cells in one process', async () => {
    await loadLists();
    const rows = `${HEADER}391,USD,Jan 13,2,121.82,55.94,65.88\n406,EUR,Feb 13,1,0.1,0,0.1\n`;
    const middle = rows.indexOf('121.82') + 3;
    await call('POST', `${workspacePath()}/files/${CELLS}`, '{"chunkCount":-1}');
    for (const [index, part] of [rows.slice(0, middle), rows.slice(middle)].entries()) {
      const path = `${workspacePath()}/files/${CELLS}/chunks/${index}`;
      expect((await call('PUT', path, gzipSync(part), 'application/x-gzip')).status).toBe(204);
    }
    const done = await jsonOf(call('POST', `${workspacePath()}/files/${CELLS}/complete`, '{}'));
    expect(done.file.chunkCount).toBe(2);
    const task = await run('processes', PROCESS.id);
    expect(task.result.successful).toBe(true);
    expect(
      task.result.nestedResults.map((nested: { failureDumpAvailable: boolean }) => nested.failureDumpAvailable),
    ).toEqual([false, false, false]);
    expect(await viewRows()).toEqual(['391 West,USD,Jan 13,2,121.82,55.94,65.88', '406 East,EUR,Feb 13,1,0.1,0,0.1']);
  });

  it('ends COMPLETE and successful although rows were ignored or failed, and keeps them in the dump', async () => {
    await loadLists();
    await upload(
      CELLS,
      `${HEADER}391,USD,Mar 13,1,10,0,10\n999,USD,Mar 13,1,10,0,10\n391,USD,Smarch 13,1,10,0,10\n391,USD,Apr 13,1,ten,0,10\n391,USD,May 13,1,1.00001,0,10\n`,
    );
    const task = await run('processes', PROCESS.id);
    expect([task.taskState, task.result.successful, task.result.failureDumpAvailable]).toEqual([
      'COMPLETE',
      true,
      true,
    ]);
    const verdict = counts(task.result.nestedResults[2].details[0].values);
    expect(verdict).toMatchObject({ successRowCount: '1', failedCount: '2', ignoredCount: '2', totalRowCount: '5' });
    const path = `${workspacePath()}/processes/${PROCESS.id}/tasks/${task.taskId}/dumps/${CELL_IMPORT}/chunks/0`;
    const dump = (await (await call('GET', path)).text()).trim().split('\n');
    expect(dump).toHaveLength(5);
    expect(dump[1]).toBe('Unknown Legal Entities item: 999,999,USD,Mar 13,1,10,0,10');
    expect(await viewRows()).toContain('391 West,USD,Mar 13,1,10,0,10');
  });

  it('keeps a dump for 48 hours', async () => {
    let at = new Date('2026-01-31T10:00:00Z');
    await restart({ now: () => at });
    await upload(CELLS, `${HEADER}999,USD,Mar 13,1,10,0,10\n`);
    const { taskId } = await run('imports', CELL_IMPORT);
    const path = `${workspacePath()}/imports/${CELL_IMPORT}/tasks/${taskId}/dump`;
    expect((await call('GET', path)).status).toBe(200);
    at = new Date(at.getTime() + 49 * 3_600_000);
    token = (await jsonOf(signIn())).tokenInfo.tokenValue;
    expect((await call('GET', path)).status).toBe(404);
  });

  it('makes two uploads of one file that run into each other visible as refused rows', async () => {
    await loadLists();
    await call('POST', `${workspacePath()}/files/${CELLS}`, '{"chunkCount":2}');
    await call(
      'PUT',
      `${workspacePath()}/files/${CELLS}/chunks/0`,
      `${HEADER}391,USD,Jun 13,1,1`,
      'application/octet-stream',
    );
    await call('POST', `${workspacePath()}/files/${CELLS}`, '{"chunkCount":2}');
    await call('PUT', `${workspacePath()}/files/${CELLS}/chunks/0`, `${HEADER}406,USD,`, 'application/octet-stream');
    await call('PUT', `${workspacePath()}/files/${CELLS}/chunks/1`, '0,0,10\n', 'application/octet-stream');
    const task = await run('imports', CELL_IMPORT);
    expect(counts(task.result.details[0].values)).toMatchObject({ successRowCount: '0', failedCount: '1' });
  });

  it('imports nothing while a chunk is missing', async () => {
    await call('POST', `${workspacePath()}/files/${CELLS}`, '{"chunkCount":2}');
    await call('PUT', `${workspacePath()}/files/${CELLS}/chunks/0`, HEADER, 'application/octet-stream');
    const task = await run('imports', CELL_IMPORT);
    expect([task.taskState, task.result.successful]).toEqual(['COMPLETE', false]);
  });

  it('leaves nothing behind when a task is cancelled', async () => {
    await loadLists();
    await upload(CELLS, `${HEADER}391,USD,Jul 13,1,10,0,10\n`);
    await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', body: '{"fault":"cancel-task"}' });
    const task = await run('processes', PROCESS.id);
    expect(task.taskState).toBe('CANCELLED');
    expect(task).not.toHaveProperty('result');
    expect((await viewRows()).some((row) => row.includes('Jul 13'))).toBe(false);
  });

  it('runs a task whose answer was lost', async () => {
    await loadLists();
    await upload(CELLS, `${HEADER}391,USD,Aug 13,1,10,0,10\n`);
    await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', body: '{"fault":"lose-task-answer"}' });
    await expect(start('processes', PROCESS.id)).rejects.toThrow();
    expect(await viewRows()).toContain('391 West,USD,Aug 13,1,10,0,10');
  });

  it('lets other calls hang while a task holds the model, but not the watching of tasks', async () => {
    await restart({ taskMs: 300 });
    await loadLists();
    await upload(CELLS, `${HEADER}391,USD,Sep 13,1,10,0,10\n`);
    const taskId = await start('processes', PROCESS.id);
    const lists = call('GET', `/models/${sandbox.credentials.modelId}/lists`).then(() => 'lists');
    const watching = call('GET', `${workspacePath()}/processes/${PROCESS.id}/tasks/${taskId}`).then(() => 'task');
    expect(await Promise.race([lists, watching])).toBe('task');
    await lists;
    expect((await finished('processes', PROCESS.id, taskId)).taskState).toBe('COMPLETE');
  });

  it('writes an export into the file that has the export’s id', async () => {
    await run('exports', EXPORT.id);
    const file = await call('GET', `${workspacePath()}/files/${EXPORT.id}/chunks/0`);
    expect((await file.text()).startsWith('Legal Entity,Currency,Month')).toBe(true);
  });
});

describe('cells and lists', () => {
  it('writes the good cells of a request and lists the others with their index', async () => {
    await loadLists();
    await upload(CELLS, HEADER);
    await run('processes', PROCESS.id);
    const dimensions = [
      { dimensionId: LEGAL_ENTITIES.id, itemCode: '391' },
      { dimensionName: CURRENCIES.name, itemCode: 'USD' },
      { dimensionId: TIME.id, itemName: 'Dec 29' },
    ];
    const year = [...dimensions.slice(0, 2), { dimensionId: TIME.id, itemName: 'FY29' }];
    const body = JSON.stringify([
      { lineItemName: 'Invoiced', dimensions, value: 0 },
      { lineItemId: LINE_ITEMS[1].id, dimensions: year, value: 1 },
      { lineItemName: 'Nothing', dimensions, value: 1 },
    ]).replace('"value":0', '"value":12345678901234.5678');
    const answer = await jsonOf(call('POST', `/models/${sandbox.credentials.modelId}/modules/${MODULE.id}/data`, body));
    expect(answer.numberOfCellsChanged).toBe(1);
    expect(answer.failures.map((failure: { requestIndex: number }) => failure.requestIndex)).toEqual([1, 2]);
    expect(await viewRows()).toContain('391 West,USD,Dec 29,0,12345678901234.5678,0,0');
  });

  it('reads a view in pages that were cut when the read was asked for', async () => {
    const path = `${workspacePath()}/views/${SAVED_VIEW.id}/readRequests`;
    const { viewReadRequest } = await jsonOf(call('POST', path, '{"exportType":"TABULAR_MULTI_COLUMN"}'));
    const state = await jsonOf(call('GET', `${path}/${viewReadRequest.requestId}`));
    expect(state.viewReadRequest).toMatchObject({ requestState: 'COMPLETE', availablePages: 1 });
    const page = await (await call('GET', `${path}/${viewReadRequest.requestId}/pages/0`)).text();
    expect(page).toContain('Legal Entities,Currencies,Time,Invoices,Invoiced,Cash Received,Open');
    expect((await call('DELETE', `${path}/${viewReadRequest.requestId}`)).status).toBe(200);
    expect((await call('GET', `${path}/${viewReadRequest.requestId}`)).status).toBe(404);
  });

  it('ignores an item that exists instead of changing it', async () => {
    const path = `${workspacePath()}/lists/${CURRENCIES.id}/items`;
    const add = (items: unknown): Promise<Response> => call('POST', `${path}?action=add`, JSON.stringify({ items }));
    await add([{ code: 'GBP', name: 'GBP' }]);
    const again = await jsonOf(
      add([
        { code: 'GBP', name: 'Pound' },
        { code: 'CHF', name: 'CHF' },
      ]),
    );
    expect(again).toMatchObject({ added: 1, ignored: 1, total: 2, failures: [{ requestIndex: 0 }] });
    const items = await jsonOf(call('GET', `${path}?includeAll=true`));
    expect(items.listItems).toContainEqual(expect.objectContaining({ code: 'GBP', name: 'GBP' }));
  });
});

describe('limits', () => {
  it('answers 429 with the seconds to wait once the budget is used up, and flows again afterwards', async () => {
    let at = new Date('2026-01-31T10:00:00Z');
    await restart({ requestsPerMinute: 30, now: () => at });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await call('GET', '/models')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await call('GET', '/models');
    expect(refused.headers.get('retry-after')).toBe('2');
    at = new Date(at.getTime() + 2000);
    expect((await call('GET', '/models')).status).toBe(200);
  });
});

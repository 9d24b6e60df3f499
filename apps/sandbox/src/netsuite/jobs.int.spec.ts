import { randomUUID } from 'node:crypto';
import { createDatabase, eventually } from '@tieout/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, type Answer } from './test-client.ts';

let sandbox: NetSuiteSandbox;
beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url });
});
afterAll(() => sandbox.close());

const post = (body: object, headers: Record<string, string>): Promise<Answer> =>
  call(sandbox.credentials, 'POST', '/record/v1/customer', { body, headers });
const get = (url: string): Promise<Answer> => call(sandbox.credentials, 'GET', url);
const later = (key: string): Record<string, string> => ({
  Prefer: 'respond-async',
  'X-NetSuite-Idempotency-Key': key,
});
const acme = (): object => ({ companyName: 'Acme', entityId: randomUUID(), subsidiary: { id: '1' } });
/** Follows a job to its result by the links that it gives. */
async function resultOf(job: string): Promise<Answer> {
  await eventually(async () => (await get(job)).json.completed === true, { intervalMs: 10 });
  const tasks = await get((await get(job)).json.task.links[0].href as string);
  const task = await get(tasks.json.items[0].links[0].href as string);
  return get(task.json.result.links[0].href as string);
}

it('answers a write that is to be done later with the address of its job, and does it', async () => {
  await fetch(`${sandbox.url}/sandbox/load`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobDelayMs: 300 }),
  });
  const answer = await post(acme(), later(randomUUID()));
  expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
  const job = answer.headers.get('location')!;
  expect(job).toMatch(/\/services\/rest\/async\/v1\/job\/\d+$/);
  expect((await get(job)).json).toMatchObject({ completed: false, progress: 'pending' });
  const result = await resultOf(job);
  expect(result.status).toBe(204);
  expect((await get(result.headers.get('location')!)).json).toMatchObject({ companyName: 'Acme' });
});

it('names the first job when a key comes again, also of one that is done, and does nothing twice', async () => {
  const [key, body] = [randomUUID(), acme()];
  const first = await post(body, later(key));
  const second = await post(body, later(key));
  expect(second.status).toBe(400);
  expect(second.json).toMatchObject({ title: 'Conflict', 'o:errorDetails': [{ 'o:errorCode': 'IDEMPOTENCY_ERROR' }] });
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
  await resultOf(first.headers.get('location')!);
  expect((await post(body, later(key))).headers.get('location')).toBe(first.headers.get('location'));
});

it('keeps the refusal of a job as its result', async () => {
  const answer = await post({ companyName: 'Nobody’s' }, later(randomUUID()));
  const result = await resultOf(answer.headers.get('location')!);
  expect([result.status, result.json['o:errorDetails'][0]['o:errorCode']]).toEqual([400, 'USER_ERROR']);
});

it('knows no job that was not there', async () => {
  expect((await get('/async/v1/job/999999')).status).toBe(404);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from './http.client.ts';

const CLOCK = 'Sat, 31 Jan 2026 10:00:00 GMT';
const server = createServer((request, response) => {
  if (request.url === '/silent') response.sendDate = false;
  else response.setHeader('date', CLOCK);
  setTimeout(() => response.end('{}'), 60);
});
afterEach(() => void server.close());

describe('an answer', () => {
  it('tells an instant by the server’s clock that is not after the call was sent', async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { askedAt } = await send('test', url, {}, 5_000);
    expect(askedAt!.getTime()).toBeLessThanOrEqual(Date.parse(CLOCK) - 55);
    expect((await send('test', `${url}/silent`, {}, 5_000)).askedAt).toBeNull();
  });
});

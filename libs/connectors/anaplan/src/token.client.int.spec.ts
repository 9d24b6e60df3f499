import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anaplanConfig, type AnaplanConfig } from './config.ts';
import { createTokenSource } from './token.client.ts';

const SECRET = 'token-that-nobody-may-read';
let answer: { status: number; body: string };
const server = createServer((_request, response) => void response.writeHead(answer.status).end(answer.body));
let config: AnaplanConfig;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ids = { workspaceId: '0'.repeat(32), modelId: '0'.repeat(32) };
  config = anaplanConfig.parse({ authUrl: url, apiUrl: url, user: 'u', password: 'p', ...ids });
});
afterAll(() => void server.close());

const tokenInfo = { tokenValue: SECRET, expiresAt: Date.now() + 60_000 };

describe('a sign-in', () => {
  it.each([200, 201])('takes the token of any success, such as %i', async (status) => {
    answer = { status, body: JSON.stringify({ tokenInfo }) };
    expect(await createTokenSource(config).current()).toBe(SECRET);
  });

  it.each([
    [302, JSON.stringify({ tokenInfo })],
    [500, JSON.stringify({ tokenInfo })],
    [201, SECRET],
    [201, JSON.stringify({ tokenInfo: { ...tokenInfo, expiresAt: 'soon' } })],
  ])('never quotes an answer that it does not take (%i %s)', async (status, body) => {
    answer = { status, body };
    const error = await createTokenSource(config)
      .current()
      .then(
        () => null,
        (reason: Error) => reason,
      );
    expect(error).toHaveProperty('code');
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      expect(cause.message).not.toContain(SECRET.slice(0, 8));
  });
});

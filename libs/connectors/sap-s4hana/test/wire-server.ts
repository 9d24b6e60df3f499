import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallBudget, CallUse } from '@tieout/connector-erp';
import { errorCode, errorKind } from '@tieout/messaging';
import { afterEach, onTestFinished } from 'vitest';
import { createSapClient, type SapClient } from '../src/client.ts';
import { sapConfig, type SapConfig } from '../src/config.ts';

/*
 * What the sandbox does not do by itself, from a server of the test's own: sessions that race, answers beyond all bounds, proxies
 * that speak.
 */
export type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void | Promise<void>;

export interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const uses: CallUse[] = [];
export const budget: CallBudget & { overloads: number } = {
  overloads: 0,
  run: (use, call) => (uses.push(use), call()),
  overloaded: () => void (budget.overloads += 1),
};
afterEach(() => {
  uses.length = 0;
  budget.overloads = 0;
});

export async function served(
  handler: Handler,
  overrides: object = {},
): Promise<{ client: SapClient; seen: Seen[]; url: string; config: SapConfig }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({
        line: [request.method, decodeURIComponent(request.url ?? '')].join(' '),
        headers: request.headers,
        body,
      });
      void handler(Object.assign(request, { body }), response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = { kind: 'basic', user: 'TIEOUT', password: 'secret' };
  const config = sapConfig.parse({ url, auth, client: '100', timeoutMs: 2_000, ...overrides });
  const client = createSapClient(config, { budget });
  onTestFinished(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, seen, url, config };
}

export const send = (response: ServerResponse, status: number, body: unknown, headers: object = {}): void =>
  void response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
export const row = (response: ServerResponse, d: unknown): void => send(response, 200, { d });
export const token = (response: ServerResponse, n: number): void =>
  send(response, 200, '', { 'x-csrf-token': `token-${n}`, 'set-cookie': [`SAP_SESSIONID_S4H_100=s${n}; path=/`] });
export const decision = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => `${errorKind(error)} ${errorCode(error)}`,
  );

/** Gives tokens and answers writes that bring the newest along; `end()` ends all sessions. */
export function protectedServer(write: Handler): { handler: Handler; end: () => void; fetched: () => number } {
  let sessions = 0;
  let valid = 0;
  return {
    end: () => void (valid = -1),
    fetched: () => sessions,
    handler: (request, response) => {
      if (request.headers['x-csrf-token'] === 'Fetch') {
        sessions += 1;
        valid = sessions;
        return token(response, sessions);
      }
      if (request.method === 'GET') return row(response, { results: [] });
      const expected = `token-${valid} SAP_SESSIONID_S4H_100=s${valid}`;
      if ([request.headers['x-csrf-token'], request.headers.cookie].join(' ') === expected)
        return write(request, response);
      send(response, 403, 'CSRF token validation failed', { 'x-csrf-token': 'Required', 'content-type': 'text/plain' });
    },
  };
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { reconcile } from './reconciliation.client.ts';

let server: Server;
afterEach(() => server.close());

interface RunState {
  readonly status: string;
  readonly timing?: number;
  readonly followedBy?: string;
  readonly reasons?: readonly string[];
}

const someBreak = { check: 'contract-billing', kind: 'net', object: 'x', expected: '1', actual: '2' };

/** A reconciliation service whose runs are these, by id, in the order asked for; breaks are open once `last` was looked at. */
async function service(runs: Readonly<Record<string, RunState>>, last: string): Promise<() => Promise<string>> {
  const asked = Object.keys(runs);
  let isOver = false;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const mayStart = request.headers.authorization === 'Bearer t0ken';
    if (request.method === 'POST' && !mayStart) return void response.writeHead(401).end('{}');
    const id = request.method === 'POST' ? asked.shift()! : path.slice('/runs/'.length);
    isOver ||= path === `/runs/${last}`;
    const run = {
      runId: id,
      followedBy: null,
      reasons: [],
      checks: ['orders-crm-erp'],
      breaks: 0,
      timing: 0,
      ...runs[id],
    };
    const page = { breaks: isOver ? [{ ...someBreak, status: 'OPEN' }] : [], nextCursor: null };
    response.end(JSON.stringify(path.startsWith('/breaks') ? page : run));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return () => Promise.resolve(`http://127.0.0.1:${port}`);
}

const progress = { step: () => undefined, state: () => undefined, note: () => undefined };
const token = () => Promise.resolve('t0ken');
const rest = { token, patienceMs: 5_000, signal: new AbortController().signal, progress };

describe('a reconciliation run that is asked for', () => {
  it('is followed until no difference is one of timing any more, also when it has breaks already', async () => {
    const runs = {
      first: { status: 'breaks', timing: 12, followedBy: 'second' },
      second: { status: 'timing', timing: 1, followedBy: 'third' },
      third: { status: 'breaks' },
    };
    expect(await reconcile({ url: await service(runs, 'third'), ...rest })).toEqual([someBreak]);
  });

  it('is asked for again when a side was incomplete', async () => {
    const runs = {
      first: { status: 'incomplete', reasons: ['order@netsuite: no answer'] },
      second: { status: 'breaks' },
    };
    expect(await reconcile({ url: await service(runs, 'second'), ...rest })).toEqual([someBreak]);
  });
});

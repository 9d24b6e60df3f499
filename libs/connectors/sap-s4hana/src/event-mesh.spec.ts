import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode, errorKind } from '@tieout/messaging';
import { expect, it, onTestFinished } from 'vitest';
import { noticeOf } from './cloud-event.ts';
import { eventMeshConfig } from './config.ts';
import { createEventSource, type EventSource } from './event-mesh.client.ts';

interface Queued {
  readonly id: string;
  readonly body: string;
}

/** A queue that hands out again, from its beginning, what was not acknowledged before the last `lost()`. */
async function mesh(messages: readonly Queued[], emptyStatus = 204, refusals: readonly number[] = []) {
  const acknowledged: string[] = [];
  const calls: string[] = [];
  const pendingRefusals = [...refusals];
  let handedOut = new Set<string>();
  let tokens = 0;
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url} qos ${request.headers['x-qos']}`);
    if (request.url === '/oauth/token') {
      tokens += 1;
      return void response.end(JSON.stringify({ access_token: `t${tokens}`, expires_in: '3600' }));
    }
    if (request.headers.authorization !== `Bearer t${tokens}`) return void response.writeHead(401).end();
    const ack = /messages\/([^/]+)\/acknowledgement$/.exec(request.url ?? '')?.[1];
    if (ack !== undefined) {
      acknowledged.push(decodeURIComponent(ack));
      return void response.writeHead(204).end();
    }
    const refusal = handedOut.size > 0 ? pendingRefusals.shift() : undefined;
    if (refusal !== undefined) return void response.writeHead(refusal).end('no');
    const next = messages.find(({ id }) => !acknowledged.includes(id) && !handedOut.has(id));
    if (next === undefined) return void response.writeHead(emptyStatus).end();
    handedOut.add(next.id);
    response.writeHead(200, { 'x-message-id': next.id, 'content-type': 'application/cloudevents+json' }).end(next.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = eventMeshConfig.parse({
    url,
    tokenUrl: `${url}/oauth/token`,
    clientId: 'id',
    clientSecret: 's',
    queue: 'default/tieout/s4/changes',
    timeoutMs: 2_000,
  });
  const source: EventSource = createEventSource(config);
  onTestFinished(() => {
    source.close();
    server.closeAllConnections();
    server.close();
  });
  const lost = (): void => void (handedOut = new Set());
  return { source, acknowledged, calls, lost, forgetToken: () => void (tokens += 1) };
}

const event = (n: number): string =>
  JSON.stringify({
    type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1',
    specversion: '1.0',
    source: '/default/sap.s4.beh/244572008',
    id: `event-${n}`,
    time: '2026-01-31T10:00:00Z',
    datacontenttype: 'application/json',
    data: { SalesOrder: String(n) },
  });
const queued = (n: number): Queued => ({ id: `ID:10.0.0.1-${n}:1/1`, body: event(n) });

it.each([204, 200])(
  'takes what there is until the queue answers %i and nothing, and acknowledges by message id',
  async (empty) => {
    const { source, acknowledged, calls } = await mesh([queued(1), queued(2)], empty);
    const pulled = await source.pull(10);
    expect(pulled.map(({ notice }) => notice)).toEqual([
      {
        id: 'event-1',
        type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1',
        key: { SalesOrder: '1' },
        time: '2026-01-31T10:00:00Z',
      },
      expect.objectContaining({ key: { SalesOrder: '2' } }),
    ]);
    expect(acknowledged).toEqual([]);
    for (const { ack } of pulled) await ack();
    expect(acknowledged).toEqual([queued(1).id, queued(2).id]);
    expect(calls.slice(1, 2)).toEqual([
      'POST /messagingrest/v1/queues/default%2Ftieout%2Fs4%2Fchanges/messages/consumption qos 1',
    ]);
  },
);

it('takes no more than it was asked for, and what is not acknowledged comes again', async () => {
  const { source, lost } = await mesh([queued(1), queued(2), queued(3)]);
  const first = await source.pull(2);
  expect(first).toHaveLength(2);
  await first[1]?.ack();
  lost();
  expect((await source.pull(9)).map(({ notice }) => notice?.id)).toEqual(['event-1', 'event-3']);
});

it('a message that is no event is handed over to be reported and acknowledged', async () => {
  const { source, acknowledged } = await mesh([
    { id: 'x', body: 'hello' },
    { id: 'huge', body: 'x'.repeat(2_000_000) },
  ]);
  const pulled = await source.pull(5);
  expect(pulled.map(({ notice, text }) => [notice, text.length])).toEqual([
    [null, 5],
    [null, 1_000],
  ]);
  await pulled[0]?.ack();
  expect(acknowledged).toEqual(['x']);
});

it('trouble after some messages keeps those; trouble at the first is told', async () => {
  const some = await mesh([queued(1), queued(2)], 204, [500]);
  expect(await some.source.pull(5)).toHaveLength(1);
  const codes = [];
  for (const status of [429, 500, 404, 403]) {
    const none = await mesh([{ id: 'a', body: event(1) }, queued(2)], 204, [status]);
    await none.source.pull(1);
    codes.push(await none.source.pull(1).catch((error: unknown) => `${errorKind(error)} ${errorCode(error)}`));
  }
  expect(codes).toEqual([
    'transient sap-busy',
    'transient sap-unavailable',
    'misconfigured sap-api-refused',
    'misconfigured sap-login-refused',
  ]);
});

it('a token that is over is renewed within the call', async () => {
  const { source, forgetToken, calls } = await mesh([queued(1), queued(2)]);
  await source.pull(1);
  forgetToken();
  expect(await source.pull(1)).toHaveLength(1);
  expect(calls.filter((call) => call.includes('/oauth/token'))).toHaveLength(2);
});

it.each([
  ['no JSON', 'x'],
  ['an array', '[]'],
  ['another version', event(1).replace('"1.0"', '"0.3"')],
  ['no data', event(1).replace('"data":', '"other":')],
  ['data without a key', event(1).replace('{"SalesOrder":"1"}', '{"SalesOrder":1}')],
])('%s is no event', (_what, json) => expect(noticeOf(json)).toBeNull());

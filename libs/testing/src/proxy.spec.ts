import net from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCuttingProxy, type CuttingProxy } from './proxy.ts';

/** A server that sends every frame back, as a broker answers a request with its correlation id. */
let server: net.Server;
let proxy: CuttingProxy;

beforeEach(async () => {
  server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      const whole = pending.length - (pending.length % REQUEST_BYTES);
      socket.write(answerTo(pending.subarray(0, whole)));
      pending = pending.subarray(whole);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startCuttingProxy();
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

const REQUEST_BYTES = 12;

/** Size, api key, version, correlation id. */
function request(api: number, id: number): Buffer {
  const frame = Buffer.alloc(REQUEST_BYTES);
  frame.writeInt32BE(8, 0);
  frame.writeInt16BE(api, 4);
  frame.writeInt32BE(id, 8);
  return frame;
}

function answerTo(frames: Buffer): Buffer {
  const answers = [];
  for (let at = 0; at < frames.length; at += REQUEST_BYTES) {
    const answer = Buffer.alloc(8);
    answer.writeInt32BE(4, 0);
    answer.writeInt32BE(frames.readInt32BE(at + 8), 4);
    answers.push(answer);
  }
  return Buffer.concat(answers);
}

interface Client {
  readonly socket: net.Socket;
  /** Correlation ids of the answers so far. */
  answers(): number[];
  /** Resolves with the number of the chunk in which so many answers were there. */
  answered(count: number): Promise<number>;
  readonly closed: Promise<boolean>;
}

async function connect(): Promise<Client> {
  const { port } = server.address() as net.AddressInfo;
  let bytes = Buffer.alloc(0);
  let chunks = 0;
  let look = (): void => undefined;
  const connected = Promise.withResolvers<void>();
  const onConnect = (): void => connected.resolve();
  const socket = proxy.socketFactory({ host: '127.0.0.1', port, ssl: false as never, onConnect });
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    chunks += 1;
    look();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<boolean>((resolve) => socket.once('close', (hadError) => resolve(hadError)));
  const answers = (): number[] =>
    Array.from({ length: Math.floor(bytes.length / 8) }, (_, n) => bytes.readInt32BE(n * 8 + 4));
  const answered = (count: number): Promise<number> =>
    new Promise((resolve) => {
      look = () => void (answers().length >= count && resolve(chunks));
      look();
    });
  await connected.promise;
  return { socket, answers, answered, closed };
}

it('delays by the latency, keeps the order whatever the jitter, and both ways', async () => {
  proxy.afflict({ latencyMs: 40, jitterMs: 30 });
  const { socket, answers, answered } = await connect();
  const since = performance.now();
  for (let id = 0; id < 20; id++) socket.write(request(0, id));
  await answered(20);
  expect(performance.now() - since).toBeGreaterThan(20);
  expect(answers()).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

it('slices into single bytes and limits the bandwidth', async () => {
  proxy.afflict({ slice: 1, bandwidth: 1_000 });
  const { socket, answered } = await connect();
  const since = performance.now();
  for (let id = 0; id < 5; id++) socket.write(request(0, id));
  expect(await answered(5)).toBeGreaterThan(5);
  // 60 bytes there and 40 back at 1,000 a second, which overlap in part.
  expect(performance.now() - since).toBeGreaterThan(60);
});

it('swallows while it is silent and passes on afterwards', async () => {
  const { socket, answers, answered } = await connect();
  socket.write(request(0, 1));
  await answered(1);
  proxy.afflict({ silent: true });
  socket.write(request(0, 2));
  socket.write(request(0, 3));
  const other = proxy.cut('fetch', 'request', { then: 'pass', meanwhile: async () => proxy.afflict({}) });
  socket.write(request(1, 4));
  await other;
  await answered(2);
  expect(answers()).toEqual([1, 4]);
});

it('holds a frame and passes it on late, or cuts the connection', async () => {
  const { socket, answers, answered, closed } = await connect();
  let held = true;
  const passed = proxy.cut('endTxn', 'request', { then: 'pass', meanwhile: async () => void (held = false) });
  socket.write(request(26, 7));
  await passed;
  await answered(1);
  expect([answers(), held]).toEqual([[7], false]);
  const cut = proxy.cut('produce', 'response');
  socket.write(request(0, 8));
  await cut;
  await closed;
  expect(answers()).toEqual([7]);
  expect(proxy.struck()).toBe(2);
});

it('resets every connection', async () => {
  const { socket, answered, closed } = await connect();
  socket.write(request(0, 1));
  await answered(1);
  proxy.reset();
  expect(await closed).toBe(true);
});

import net from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Kafka request types that faults are aimed at (https://kafka.apache.org/protocol#protocol_api_keys). */
export const ApiKey = {
  produce: 0,
  fetch: 1,
  offsetCommit: 8,
  joinGroup: 11,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;
export type ApiKeyName = keyof typeof ApiKey;

/** Where a connection is cut: before the broker has seen the request, or after it has acted on it. */
export type CutPoint = 'request' | 'response';

export interface CutOptions {
  /** Let this many such frames pass first. */
  readonly skip?: number;
  /** Only on connections to this broker, `host:port`. */
  readonly broker?: string;
  /** Runs while the frame is held, before the connection is cut: what happens meanwhile in the cluster. */
  readonly meanwhile?: () => Promise<void>;
  /** What becomes of the held frame: lost with its connection (default), or passed on late. */
  readonly then?: 'cut' | 'pass';
}

/** What every connection suffers until it is set again; the names are those of Toxiproxy. */
export interface Toxics {
  /** Milliseconds that every chunk waits, each way. */
  readonly latencyMs?: number;
  /** The wait varies by this much, evenly, up and down; chunks stay in order. */
  readonly jitterMs?: number;
  /** Bytes per second and direction of a connection. */
  readonly bandwidth?: number;
  /** Chunks are cut into pieces of at most so many bytes. */
  readonly slice?: number;
  /** Nothing passes and nothing is closed: the other side is gone without a word. */
  readonly silent?: boolean;
}

interface Fault extends CutOptions {
  readonly api: ApiKeyName;
  readonly point: CutPoint;
  left: number;
  readonly done: () => void;
}

interface ProxyState {
  readonly faults: Fault[];
  readonly sockets: Set<net.Socket>;
  readonly random: () => number;
  toxics: Toxics;
  struck: number;
}

/** A TCP proxy between a Kafka client and the brokers that reads the frames and cuts where it is told. */
export interface CuttingProxy {
  /** Give this to kafkajs: every broker connection then goes through the proxy. */
  readonly socketFactory: ISocketFactory;
  /** For a client in another process: `throughProxy(port)`. */
  readonly port: number;
  /** Cuts the connection at the next such request. Resolves when it has happened. */
  cut(api: ApiKeyName, point: CutPoint, options?: CutOptions): Promise<void>;
  /** From now on, on all connections; `{}` heals them. What was swallowed while silent stays lost. */
  afflict(toxics: Toxics): void;
  /** Ends every connection with a reset, as a crashed host or a firewall does. */
  reset(): void;
  /** How many faults have struck. */
  struck(): number;
  close(): Promise<void>;
}

/** A socket factory for kafkajs that goes through the proxy on this port. */
export function throughProxy(port: number): ISocketFactory {
  return ({ host, port: brokerPort, onConnect }) => {
    const socket = net.connect({ host: '127.0.0.1', port }, () => {
      socket.write(`${host}:${brokerPort}\n`);
      onConnect();
    });
    socket.setKeepAlive(true);
    return socket;
  };
}

/** @param random decides the jitter; give a seeded one to play a run again */
export async function startCuttingProxy(random: () => number = Math.random): Promise<CuttingProxy> {
  const state: ProxyState = { faults: [], sockets: new Set(), random, toxics: {}, struck: 0 };
  const server = net.createServer((client) => {
    track(state.sockets, client);
    client.once('readable', () => connectUpstream(client, state));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;

  return {
    socketFactory: throughProxy(port),
    port,
    cut: (api, point, options = {}) =>
      new Promise((done) => state.faults.push({ ...options, api, point, left: options.skip ?? 0, done })),
    afflict: (toxics) => void (state.toxics = toxics),
    reset: () => state.sockets.forEach((socket) => socket.resetAndDestroy()),
    struck: () => state.struck,
    async close() {
      for (const socket of state.sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function strike(state: ProxyState, api: number, point: CutPoint, broker: string): Fault | null {
  const { faults } = state;
  const fault = faults.find((f) => ApiKey[f.api] === api && f.point === point && (f.broker ?? broker) === broker);
  if (!fault || fault.left-- > 0) return null;
  faults.splice(faults.indexOf(fault), 1);
  state.struck += 1;
  return fault;
}

function track(sockets: Set<net.Socket>, socket: net.Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

/** The first line names the broker; from then on both directions are whole Kafka frames. */
function connectUpstream(client: net.Socket, state: ProxyState): void {
  const first = (client.read() as Buffer | null) ?? Buffer.alloc(0);
  const end = first.indexOf('\n');
  const broker = first.subarray(0, end).toString();
  const [host, port] = broker.split(':');
  const upstream = net.connect({ host: host ?? '', port: Number(port) });
  track(state.sockets, upstream);
  const send = { toBroker: pipeTo(upstream, state), toClient: pipeTo(client, state) };
  const suffer = async (fault: Fault, passOn: () => void): Promise<void> => {
    await fault.meanwhile?.();
    if (fault.then === 'pass') passOn();
    else for (const socket of [client, upstream]) socket.destroy();
    fault.done();
  };
  const apiOf = new Map<number, number>();
  const toBroker = frames((frame) => {
    const api = frame.readInt16BE(4);
    apiOf.set(frame.readInt32BE(8), api);
    const fault = strike(state, api, 'request', broker);
    if (fault) void suffer(fault, () => send.toBroker(frame));
    else send.toBroker(frame);
  });
  const toClient = frames((frame) => {
    const correlationId = frame.readInt32BE(4);
    const fault = strike(state, apiOf.get(correlationId) ?? -1, 'response', broker);
    apiOf.delete(correlationId);
    if (fault) void suffer(fault, () => send.toClient(frame));
    else send.toClient(frame);
  });
  client.on('data', toBroker);
  upstream.on('data', toClient);
  client.on('close', () => upstream.destroy());
  // A held frame outlives its broker: the client must not hear of the end before the cut.
  upstream.on('close', () => client.end());
  toBroker(first.subarray(end + 1));
}

/** Writes to a socket as the toxics allow, in order: a piece is never sent before the one that came before it. */
function pipeTo(socket: net.Socket, state: ProxyState): (frame: Buffer) => void {
  const queue: { readonly at: number; readonly piece: Buffer }[] = [];
  const pump = (): void => {
    const due = queue.findIndex(({ at }) => at > performance.now());
    for (const { piece } of queue.splice(0, due === -1 ? queue.length : due)) if (socket.writable) socket.write(piece);
    const [next] = queue;
    if (next) setTimeout(pump, next.at - performance.now());
  };
  return (frame) => {
    const { latencyMs = 0, jitterMs = 0, bandwidth = Infinity, slice = frame.length, silent = false } = state.toxics;
    if (silent) return;
    const wait = Math.max(0, latencyMs + (2 * state.random() - 1) * jitterMs);
    let at = Math.max(queue.at(-1)?.at ?? 0, performance.now() + wait);
    const idle = queue.length === 0;
    for (let from = 0; from < frame.length; from += slice) {
      const piece = frame.subarray(from, from + slice);
      at += (piece.length / bandwidth) * 1_000;
      queue.push({ at, piece });
    }
    if (idle) pump();
  };
}

/** Splits a byte stream into frames: a four-byte big-endian length, then that many bytes. */
function frames(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const size = 4 + pending.readInt32BE(0);
      const frame = pending.subarray(0, size);
      pending = pending.subarray(size);
      onFrame(frame);
    }
  };
}

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
}

interface Fault extends CutOptions {
  readonly api: ApiKeyName;
  readonly point: CutPoint;
  left: number;
  readonly done: () => void;
}

type Strike = (api: number, point: CutPoint, broker: string) => Fault | null;

/** A TCP proxy between a Kafka client and the brokers that reads the frames and cuts where it is told. */
export interface CuttingProxy {
  /** Give this to kafkajs: every broker connection then goes through the proxy. */
  readonly socketFactory: ISocketFactory;
  /** Cuts the connection at the next such request. Resolves when it has happened. */
  cut(api: ApiKeyName, point: CutPoint, options?: CutOptions): Promise<void>;
  /** How many faults have struck. */
  struck(): number;
  close(): Promise<void>;
}

export async function startCuttingProxy(): Promise<CuttingProxy> {
  const faults: Fault[] = [];
  const sockets = new Set<net.Socket>();
  let struck = 0;

  const strike: Strike = (api, point, broker) => {
    const fault = faults.find((f) => ApiKey[f.api] === api && f.point === point && (f.broker ?? broker) === broker);
    if (!fault || fault.left-- > 0) return null;
    faults.splice(faults.indexOf(fault), 1);
    struck += 1;
    return fault;
  };

  const server = net.createServer((client) => {
    track(sockets, client);
    client.once('readable', () => connectUpstream(client, sockets, strike));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;

  return {
    socketFactory: ({ host, port: brokerPort, onConnect }) => {
      const socket = net.connect({ host: '127.0.0.1', port }, () => {
        socket.write(`${host}:${brokerPort}\n`);
        onConnect();
      });
      socket.setKeepAlive(true);
      return socket;
    },
    cut: (api, point, options = {}) =>
      new Promise((done) => faults.push({ ...options, api, point, left: options.skip ?? 0, done })),
    struck: () => struck,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function track(sockets: Set<net.Socket>, socket: net.Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

/** The first line names the broker; from then on both directions are whole Kafka frames. */
function connectUpstream(client: net.Socket, sockets: Set<net.Socket>, strike: Strike): void {
  const first = (client.read() as Buffer | null) ?? Buffer.alloc(0);
  const end = first.indexOf('\n');
  const broker = first.subarray(0, end).toString();
  const [host, port] = broker.split(':');
  const upstream = net.connect({ host: host ?? '', port: Number(port) });
  track(sockets, upstream);
  const cut = async (fault: Fault): Promise<void> => {
    await fault.meanwhile?.();
    client.destroy();
    upstream.destroy();
    fault.done();
  };
  const apiOf = new Map<number, number>();
  const toBroker = frames((frame) => {
    const api = frame.readInt16BE(4);
    apiOf.set(frame.readInt32BE(8), api);
    const fault = strike(api, 'request', broker);
    if (fault) void cut(fault);
    else upstream.write(frame);
  });
  const toClient = frames((frame) => {
    const correlationId = frame.readInt32BE(4);
    const fault = strike(apiOf.get(correlationId) ?? -1, 'response', broker);
    apiOf.delete(correlationId);
    if (fault) void cut(fault);
    else client.write(frame);
  });
  client.on('data', toBroker);
  upstream.on('data', toClient);
  client.on('close', () => upstream.destroy());
  // A held frame outlives its broker: the client must not hear of the end before the cut.
  upstream.on('close', () => client.end());
  toBroker(first.subarray(end + 1));
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

import { once } from 'node:events';
import net from 'node:net';

/** A TCP proxy that can stop passing bytes on: connections stay open and nothing comes any more, as behind a dead NAT. */
export interface FreezingProxy {
  /** host:port */
  readonly endpoint: string;
  freeze(): void;
  /** New connections are served again; frozen ones stay dead. */
  thaw(): void;
  close(): void;
}

export async function startFreezingProxy(upstream: string): Promise<FreezingProxy> {
  const [host, port] = upstream.split(':');
  const sockets = new Set<net.Socket>();
  let frozen = false;
  const server = net.createServer((client) => {
    track(sockets, client);
    if (frozen) return;
    const server = net.connect({ host: host!, port: Number(port) });
    track(sockets, server);
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw: () => void (frozen = false),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function track(sockets: Set<net.Socket>, socket: net.Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which systems take the ports of outgoing connections, so a stopped broker finds its port free again. */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 100;

/** Different TCP ports on which nothing listens now; whoever binds them still retries with others when it comes second. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count && tries < TRIES; tries++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  if (ports.size < count) throw new Error(`no ${count} free ports between ${LOWEST} and ${HIGHEST}`);
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    // All interfaces: a listener on any of them would be in the way of one of the stack's.
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

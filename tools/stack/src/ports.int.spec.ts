import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePorts } from './ports.ts';
import { startStack } from './start-stack.ts';

// What another stack does that chooses the same port and is quicker to bind it.
vi.mock('./ports.ts', async (original) => {
  const real = await original<typeof import('./ports.ts')>();
  return { ...real, freePorts: vi.fn(real.freePorts) };
});

let occupant: Server;
let taken: number;
beforeAll(async () => {
  [taken = 0] = await freePorts(1);
  occupant = createServer();
  await new Promise<void>((resolve) => void occupant.listen(taken, '127.0.0.1', resolve));
});
afterAll(() => void occupant.close());

test.each(['postgres', 'registry', 'kafka'] as const)(
  '%s starts on another port when its own was taken',
  async (part) => {
    const others = await freePorts(1);
    vi.mocked(freePorts).mockResolvedValueOnce([taken, ...others]);
    const stack = await startStack({ parts: [part] });
    const address = { postgres: stack.postgres.port, registry: stack.registryUrl, kafka: stack.brokers[0] }[part];
    expect(String(address)).not.toContain(String(taken));
    await stack.stop();
  },
);

import { setImmediate as turn } from 'node:timers/promises';
import type { CallUse } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { createCallGate } from './call-gate.ts';

/** Calls that end when told to, in the order in which they were let in. */
function calls(limit: number): {
  readonly gate: ReturnType<typeof createCallGate>;
  readonly started: string[];
  start(name: string, use?: CallUse, signal?: AbortSignal): Promise<void>;
  end(name: string): Promise<void>;
} {
  const gate = createCallGate(limit);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    gate,
    started,
    start(name, use = 'read', signal) {
      const call = (): Promise<void> => {
        started.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      };
      return gate.run(use, call, signal);
    },
    async end(name) {
      ends.get(name)!();
      await turn();
    },
  };
}

describe('the gate of one process', () => {
  it('lets so many calls in, and then a step of a process before reading, and reading before history', async () => {
    const { start, end, started } = calls(1);
    void start('first');
    void start('history', 'backfill');
    void start('read', 'read');
    void start('step', 'process');
    await turn();
    expect(started).toEqual(['first']);
    for (const name of ['first', 'step', 'read']) await end(name);
    expect(started).toEqual(['first', 'step', 'read', 'history']);
  });

  it('halves once for the calls that were under way together, and grows back one by one', async () => {
    const { gate, start, end, started } = calls(4);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) void start(name);
    await turn();
    // Two of the same four say so: that is one piece of news.
    gate.overloaded!();
    gate.overloaded!();
    await end('a');
    await end('b');
    expect(started).toHaveLength(4);
    await end('c');
    expect(started).toHaveLength(5);
    for (const name of ['d', 'e', 'f', 'g']) await end(name);
    for (let n = 0; n < 30; n += 1) await gate.run('read', () => Promise.resolve());
    for (const name of ['h', 'i', 'j', 'k', 'l']) void start(name);
    await turn();
    expect(started.slice(7)).toEqual(['h', 'i', 'j', 'k']);
  });

  it('gives the place of a caller that went away to the next, and takes none that comes too late', async () => {
    const { start, end, started } = calls(1);
    const leaving = new AbortController();
    void start('first');
    const gone = start('gone', 'read', leaving.signal);
    void start('second');
    leaving.abort(new Error('stopped'));
    await expect(gone).rejects.toThrow('stopped');
    await end('first');
    expect(started).toEqual(['first', 'second']);
    await expect(start('late', 'read', leaving.signal)).rejects.toThrow('stopped');
  });

  it('gives the place back when the call fails', async () => {
    const { gate } = calls(1);
    await expect(gate.run('read', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.run('read', () => Promise.resolve('next'))).toBe('next');
  });
});

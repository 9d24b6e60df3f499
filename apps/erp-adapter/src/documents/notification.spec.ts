import type { Poll } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { notificationStream } from './notification.worker.ts';

/** A database that tells what was asked of it. */
function database(log: string[]): DataSource {
  const query = async (_sql: string, [, stream, ids]: [string, string, string[]]) =>
    void log.push(`mark ${stream} ${ids.join()}`);
  return { transaction: async (work: (tx: unknown) => Promise<unknown>) => work({ query }) } as unknown as DataSource;
}

it('marks what is announced, one stream after the other, and lets go of an announcement only then', async () => {
  const log: string[] = [];
  const announce = (stream: string, ...vendorIds: string[]) => ({
    ...{ stream, vendorIds },
    acknowledge: async () => void log.push(`ack ${stream}`),
  });
  let waiting = [announce('order', '2'), announce('unknown', '9'), announce('invoice', '1'), announce('order', '3')];
  const stream = notificationStream({
    ...{ instance: 'main', dataSource: database(log), intervalMs: 100, readById: new Set(['order', 'invoice']) },
    notifications: { receive: async () => waiting },
    onMarked: (name) => void log.push(`wake ${name}`),
  });
  const turn = { signal: new AbortController().signal } as Poll<null>;
  expect(await stream.poll(turn)).toBe('more');
  expect(log).toEqual([
    ...['mark invoice 1', 'mark order 2,3'],
    ...['ack order', 'ack unknown', 'ack invoice', 'ack order'],
    ...['wake order', 'wake invoice'],
  ]);
  waiting = [];
  expect(await stream.poll(turn)).toBe('end');
});

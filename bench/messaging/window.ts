import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { inDatabase } from '../database.ts';
import type { Environment } from './environment.ts';
import type { Measurement } from '../measurement.ts';
import { cpuSeconds, maxRssMiB } from '../proc.ts';
import { idOf } from './record.ts';

/** What a throughput measurement saw between the first and the last event. */
export interface Window {
  readonly events: number;
  readonly seconds: number;
  readonly cpu: number | null;
  readonly postgresCpu: number | null;
  readonly kafkaCpu: number | null;
  readonly maxRssMiB: number | null;
}

const POLL_MS = 10;

interface Progress {
  /** Events done so far: exact at the start and at the end, in between only whether the end is reached. */
  readonly done: number;
  readonly finished: boolean;
}

/** Watches until all events are through. From the first sign of one on, so that no start-up is in it. */
async function watch(
  environment: Environment,
  pids: readonly number[],
  timeoutMs: number,
  look: () => Promise<Progress>,
): Promise<Window> {
  const deadline = Date.now() + timeoutMs;
  const poll = async (until: (progress: Progress) => boolean): Promise<Progress> => {
    for (;;) {
      const progress = await look();
      if (until(progress)) return progress;
      if (Date.now() > deadline) throw new Error(`not through after ${timeoutMs / 1_000} s, ${progress.done} are`);
      await delay(POLL_MS);
    }
  };
  const first = await poll(({ done }) => done > 0);
  const [begun, before] = [performance.now(), usage(environment, pids)];
  const last = await poll(({ finished }) => finished);
  const [ended, after] = [performance.now(), usage(environment, pids)];
  const memory = pids.map(maxRssMiB).filter((value) => value !== null);
  return {
    events: last.done - first.done,
    seconds: (ended - begun) / 1_000,
    cpu: minus(after.cpu, before.cpu),
    postgresCpu: minus(after.postgres, before.postgres),
    kafkaCpu: minus(after.kafka, before.kafka),
    maxRssMiB: memory.length === 0 ? null : memory.reduce((a, b) => a + b, 0),
  };
}

/** Watches the table that a sink fills, by the key of the last record of each partition: partitions are read in order. */
export async function watchTable(
  environment: Environment,
  url: string,
  { pids, events, partitions, timeoutMs = 120_000 }: WatchOptions,
): Promise<Window> {
  const lastIds = Array.from({ length: partitions }, (_, n) => idOf(events - 1 - n));
  return inDatabase(url, async (client) => {
    let begun = false;
    return watch(environment, pids, timeoutMs, async () => {
      if (!begun) {
        const done = await count(client, 'SELECT count(*) FROM account');
        begun = done > 0;
        return { done, finished: false };
      }
      const there = await count(client, 'SELECT count(*) FROM account WHERE customeraccountid = ANY ($1)', [lastIds]);
      return { done: there === partitions ? events : 0, finished: there === partitions };
    });
  });
}

export interface WatchOptions {
  readonly pids: readonly number[];
  readonly events: number;
  readonly partitions: number;
  readonly timeoutMs?: number;
}

/** Watches the end of a topic, which is past the last event when the drain is over; `drained` tells when it may be. */
export async function watchTopic(
  environment: Environment,
  topic: string,
  { pids, events, timeoutMs = 120_000 }: Omit<WatchOptions, 'partitions'>,
): Promise<Window> {
  const start = await environment.endOffset(topic);
  return watch(environment, pids, timeoutMs, async () => {
    // Control records of transactions make it more than the events: 1 for each partition of a batch of hundreds.
    const done = (await environment.endOffset(topic)) - start;
    return { done: Math.min(done, events), finished: done >= events };
  });
}

async function count(client: pg.Client, sql: string, values: unknown[] = []): Promise<number> {
  return Number((await client.query<{ count: string }>(sql, values)).rows[0]?.count ?? 0);
}

function usage(environment: Environment, pids: readonly number[]) {
  const own = pids.map(cpuSeconds);
  const known = own.filter((value) => value !== null);
  return {
    ...environment.serverCpu(),
    cpu: own.length > 0 && known.length === own.length ? known.reduce((a, b) => a + b, 0) : null,
  };
}

const minus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);

/** The figures of a throughput measurement: events a second, and what an event costs whom. */
export function throughput(subject: string, metric: string, window: Window): Measurement[] {
  const { events, seconds, cpu, postgresCpu, kafkaCpu, maxRssMiB } = window;
  const base = { subject, cpuSeconds: cpu, maxRssMiB };
  const cost = (of: string, spent: number | null): Measurement[] =>
    spent === null ? [] : [{ ...base, metric: `${metric}, ${of}`, unit: 'µs/event', value: (spent / events) * 1e6 }];
  return [
    { ...base, metric, unit: 'events/s', value: events / seconds },
    ...cost('CPU', cpu),
    ...cost('CPU of PostgreSQL', postgresCpu),
    ...cost('CPU of Kafka', kafkaCpu),
  ];
}

import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@tieout/canonical';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { finishedWork, inboxBatch, settledDeadLetters, type DeleteBatch } from './retention.store.ts';

/** How long rows that are over are kept, in days. */
export interface RetentionDays {
  /** Finished work items. A replay of older events would do their work again. */
  readonly work: number;
  /** Settled dead letters. */
  readonly deadLetters: number;
  /** How far back a replay may reach beyond what a topic retains: the inbox is kept for both together. */
  readonly replayHorizon: number;
}

export const DEFAULT_RETENTION: RetentionDays = { work: 400, deadLetters: 400, replayHorizon: 35 };

export interface RetentionOptions {
  readonly service: string;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  readonly days: RetentionDays;
  readonly now?: () => Date;
}

export interface Retention {
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** Rest between two batches of a sweep, and how many it may take: what is left waits for the next one. */
const BETWEEN_MS = 100;
const MOST_BATCHES = 1_000;

/** Sweeps now and every hour. Replicas may sweep at once: a row that another one deletes is passed over. */
export function startRetention(options: RetentionOptions): Retention {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await sweep(options, signal).catch((error: unknown) => {
        options.logger.warn({ err: error }, 'rows past their retention are left for the next sweep');
      });
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/**
 * Deletes what is over and past its retention, in small statements of their own; open work, open and parked dead letters stay
 * whatever their age. @returns the number of rows
 */
export async function sweep(options: RetentionOptions, signal?: AbortSignal): Promise<number> {
  const { service, days, dataSource, now = () => new Date() } = options;
  const before = (age: number): Date => new Date(now().getTime() - age * DAY_MS);
  const parts: [DeleteBatch, Date][] = [
    [finishedWork, before(days.work)],
    [settledDeadLetters, before(days.deadLetters)],
    ...inboxDays(days.replayHorizon).map(([topic, age]): [DeleteBatch, Date] => [
      inboxBatch(`${service}.${topic}`),
      before(age),
    ]),
  ];
  let total = 0;
  let batches = 0;
  for (const [deleteBatch, cutOff] of parts)
    for (let deleted = 1; deleted > 0 && batches < MOST_BATCHES && !signal?.aborted; batches++) {
      deleted = await deleteBatch(dataSource.manager, cutOff);
      total += deleted;
      if (deleted > 0) await delay(BETWEEN_MS);
    }
  if (total > 0) options.logger.info({ rows: total }, 'deleted rows past their retention');
  return total;
}

/** Only fact topics have an inbox; an event may come again for as long as its topic retains it. */
export function inboxDays(replayHorizon: number): [topic: string, days: number][] {
  return Object.values(TOPICS)
    .filter(({ kind }) => kind === 'fact')
    .map(({ name, config }) => [
      name,
      Number((config as Record<string, string>)['retention.ms']) / DAY_MS + replayHorizon,
    ]);
}

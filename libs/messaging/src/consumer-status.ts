import type { WorkerStatus } from './partition-worker.ts';

/**
 * `stuck`: something has been in work for long without progress, e.g. a handler that does not answer; `retrying`: trouble
 * that may pass; `stopped`: a person has to act.
 */
export type ConsumerState = 'starting' | 'running' | 'retrying' | 'stuck' | 'stopped';

export interface ConsumerStatus {
  readonly topic: string;
  readonly group: string;
  readonly state: ConsumerState;
  readonly reason: string | null;
  /** Records behind the high watermark, by partition, as of the last batch. */
  readonly lag: Readonly<Record<number, number>>;
  /** `ce_time`-independent: broker timestamp of the newest record consumed, ms since the epoch. */
  readonly newestTimestamp: number | null;
  /** The longest that what is in work has made no progress. */
  readonly busyMs: number;
}

export interface StatusSources {
  readonly topic: string;
  readonly group: string;
  readonly state: ConsumerState;
  readonly reason: string | null;
  /** Since the consumer last did anything at the broker. */
  readonly silentMs: number;
  readonly stuckAfterMs: number;
  readonly workers: readonly (WorkerStatus & { readonly partition: number })[];
}

/** The worst of what is known about a consumer and its partitions. */
export function consumerStatus(sources: StatusSources): ConsumerStatus {
  const { topic, group, workers } = sources;
  const timestamps = workers.flatMap(({ newestTimestamp }) => newestTimestamp ?? []);
  return {
    topic,
    group,
    ...judge(sources),
    lag: Object.fromEntries(workers.flatMap(({ partition, lag }) => (lag === null ? [] : [[partition, lag]]))),
    newestTimestamp: timestamps.length === 0 ? null : Math.max(...timestamps),
    busyMs: Math.max(0, ...workers.map(({ busyMs }) => busyMs)),
  };
}

function judge(sources: StatusSources): Pick<ConsumerStatus, 'state' | 'reason'> {
  const { state, reason, topic, silentMs, stuckAfterMs, workers } = sources;
  if (state === 'stopped' || state === 'retrying') return { state, reason };
  const stuck = workers.find(({ busyMs }) => busyMs > stuckAfterMs);
  if (stuck) return { state: 'stuck', reason: `${topic}/${stuck.partition}: no progress for ${stuck.busyMs} ms` };
  const troubled = workers.find(({ trouble }) => trouble !== null);
  if (troubled) return { state: 'retrying', reason: troubled.trouble };
  if (silentMs > stuckAfterMs) return { state: 'retrying', reason: `${topic}: nothing fetched for ${silentMs} ms` };
  if (state === 'running' && workers.some(({ located }) => !located)) return { state: 'starting', reason: null };
  return { state, reason };
}

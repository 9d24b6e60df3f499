/** Where a consumer stands in one partition; the row is the truth, the broker's committed offset only a lag signal. */
export interface Position {
  readonly clusterId: string;
  readonly nextOffset: bigint;
  /** The last record accepted, by which a re-created topic is recognised. */
  readonly lastOffset: bigint | null;
  readonly lastEventId: string | null;
  readonly lastTimestamp: number | null;
  readonly outcomes: OutcomeCounts;
}

/** Count per outcome since the position exists; their sum is the number of records accepted. */
export type OutcomeCounts = Readonly<Record<string, number>>;

export interface FetchedBatch {
  readonly clusterId: string;
  /** Offset that was asked for, not that of the first record: control records and compaction leave holes. */
  readonly fetchedOffset: bigint;
  readonly highWatermark: bigint;
  /** True when kafkajs was at the stored position before this fetch, so that a hole holds no data. */
  readonly continuous: boolean;
  readonly records: readonly { readonly offset: bigint; readonly eventId: string | null; readonly timestamp: number }[];
}

export type BatchVerdict =
  { kind: 'accept' } | { kind: 'seek'; to: bigint } | { kind: 'stop'; code: string; reason: string };

/** Whether a batch may follow the stored position. A stop needs a person: the topic is not the one that was read before. */
export function judgeBatch(position: Position | null, batch: FetchedBatch): BatchVerdict {
  if (!position) return { kind: 'accept' };
  if (position.clusterId !== batch.clusterId) {
    return stop('other-cluster', `the position belongs to cluster ${position.clusterId}, this is ${batch.clusterId}`);
  }
  if (batch.highWatermark < position.nextOffset) {
    return stop('log-shorter', `the log ends at ${batch.highWatermark}, the position is ${position.nextOffset}`);
  }
  const foreign = batch.records.find((record) => isForeign(position, record));
  if (foreign) return stop('log-replaced', `the record at ${foreign.offset} is not the one that was read there before`);
  if (batch.fetchedOffset > position.nextOffset && !batch.continuous) return { kind: 'seek', to: position.nextOffset };
  return { kind: 'accept' };
}

function isForeign(position: Position, record: FetchedBatch['records'][number]): boolean {
  if (position.lastOffset === null || position.lastTimestamp === null) return false;
  if (record.offset === position.lastOffset) return record.eventId !== position.lastEventId;
  return record.offset < position.lastOffset && record.timestamp > position.lastTimestamp + CLOCK_TOLERANCE_MS;
}

/** Timestamps come from producers' clocks, which differ between a relay and its successor. */
const CLOCK_TOLERANCE_MS = 60_000;

function stop(code: string, reason: string): BatchVerdict {
  return { kind: 'stop', code, reason };
}

export function addOutcomes(counts: OutcomeCounts, outcomes: readonly string[]): OutcomeCounts {
  const sum: Record<string, number> = { ...counts };
  for (const outcome of outcomes) sum[outcome] = (sum[outcome] ?? 0) + 1;
  return sum;
}

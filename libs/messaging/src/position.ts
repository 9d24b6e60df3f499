/** Where a consumer stands in one partition; the row is the truth, the broker's committed offset only a lag signal. */
export interface Position {
  readonly clusterId: string;
  /** Where the group began to read. */
  readonly startOffset: bigint;
  readonly nextOffset: bigint;
  /** The last record accepted, by which a re-created topic is recognised. */
  readonly lastOffset: bigint | null;
  readonly lastEventId: string | null;
  readonly lastTimestamp: number | null;
  /** Records accepted since the start: next offset minus start offset minus offsets that held no record for a subscriber. */
  readonly accepted: bigint;
  readonly outcomes: OutcomeCounts;
  /** False only when no dead letter of the partition is open or parked: then nobody needs to look. */
  readonly mayHold: boolean;
}

/** Count per outcome since the position exists; their sum is the number of records accepted. */
export type OutcomeCounts = Readonly<Record<string, number>>;

/** What a run of records claims about itself before it is accepted. */
export interface ClaimedRun {
  readonly clusterId: string;
  /** From here on nothing was left out: holes before the first record are control records or compaction. */
  readonly from: bigint;
  readonly records: readonly { readonly offset: bigint; readonly eventId: string | null; readonly timestamp: number }[];
}

export type Verdict =
  { kind: 'accept' } | { kind: 'seek'; to: bigint } | { kind: 'stop'; code: string; reason: string };

/** Whether a run of records may follow the stored position. A stop needs a person: the log is not the one that was read before. */
export function judgeRun(position: Position, run: ClaimedRun): Verdict {
  if (position.clusterId !== run.clusterId) {
    return stop('other-cluster', `the position belongs to cluster ${position.clusterId}, this is ${run.clusterId}`);
  }
  const foreign = foreignRecord(position, run.records);
  if (foreign) return stop('log-replaced', `the record at ${foreign.offset} is not the one that was read there before`);
  if (run.from > position.nextOffset) return { kind: 'seek', to: position.nextOffset };
  return { kind: 'accept' };
}

function foreignRecord(position: Position, records: ClaimedRun['records']): ClaimedRun['records'][number] | null {
  const { lastOffset, lastTimestamp, lastEventId } = position;
  if (lastOffset === null || lastTimestamp === null) return null;
  for (const record of records) {
    if (record.offset > lastOffset) return null;
    if (record.offset === lastOffset) return record.eventId === lastEventId ? null : record;
    if (record.timestamp > lastTimestamp + CLOCK_TOLERANCE_MS) return record;
  }
  return null;
}

/** Timestamps come from producers' clocks, which differ between a relay and its successor. */
const CLOCK_TOLERANCE_MS = 60_000;

function stop(code: string, reason: string): Verdict {
  return { kind: 'stop', code, reason };
}

export function countOutcomes(outcomes: readonly string[]): OutcomeCounts {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

export function addCounts(one: OutcomeCounts, other: OutcomeCounts): OutcomeCounts {
  const sum: Record<string, number> = { ...one };
  for (const [outcome, count] of Object.entries(other)) sum[outcome] = (sum[outcome] ?? 0) + count;
  return sum;
}

/** A record that was held and now ends otherwise. */
export interface OutcomeMove {
  readonly from: string;
  readonly to: string;
}

/** Moves counts, so that their sum stays the number of records accepted. What was counted before the position began stays out. */
export function moveOutcomes(counts: OutcomeCounts, moves: readonly OutcomeMove[]): OutcomeCounts {
  const moved: Record<string, number> = { ...counts };
  for (const { from, to } of moves) {
    const left = (moved[from] ?? 0) - 1;
    if (left < 0) continue;
    if (left === 0) delete moved[from];
    else moved[from] = left;
    moved[to] = (moved[to] ?? 0) + 1;
  }
  return moved;
}

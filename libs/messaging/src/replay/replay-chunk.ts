import type { TopicName, ValueOf } from '@tieout/canonical';
import type { DataSource, EntityManager } from 'typeorm';
import type { Codec } from '../codec.ts';
import { outcomeName } from '../consume-once.ts';
import type { ConsumerSpec, Delivery } from '../consumer-spec.ts';
import type { RawRecord } from '../dead-letter.store.ts';
import { decodeRecord, type Decoded } from '../decode-chunk.ts';
import { errorKind, MisconfiguredError } from '../errors.ts';
import { partitionOf } from '../partition-of.ts';
import { countOutcomes } from '../position.ts';
import { inTransaction } from '../transaction.ts';
import type { KeyScan } from './key-scan.ts';
import { holdsClaim, lockPositionOf, saveProgress, type Claim } from './replay.store.ts';
import { suppressEffects } from './suppression.ts';

export interface ReplayChunkOptions {
  readonly dataSource: DataSource;
  readonly codec: Codec;
  readonly clusterId: string;
  readonly spec: ConsumerSpec;
  readonly claim: Claim;
  readonly scan: KeyScan;
  /** How many the topic has now. */
  readonly partitions: number;
  readonly leaseMs: number;
}

/** A run of records of the claimed partition that follows what was replayed before; `next` is the offset after it. */
export interface ReplayChunk {
  readonly from: bigint;
  readonly records: readonly RawRecord[];
  readonly next: bigint;
}

/** How long a chunk waits, with the position locked, for the keys of records that were consumed meanwhile. */
const SCAN_PATIENCE_MS = 10_000;

type Handed = Extract<Decoded, { readonly delivery: unknown }>;

/**
 * Hands the newest record of each key to the handler again, in one transaction with the progress. The lock of the position
 * keeps live chunks of the partition out, and under it a record counts as newest only when nothing newer of its key was
 * consumed: so no key is ever set back. A record that the handler refuses is left out, with its key as it was.
 * @returns the number of records handed over; null when the replay was stopped or is in other hands
 * @throws what is not about a record: TransientError to try again, anything else ends the replay
 */
export async function replayChunk(options: ReplayChunkOptions, chunk: ReplayChunk): Promise<number | null> {
  const items: Item[] = [];
  for (const raw of chunk.records) {
    const newest = options.scan.standing(raw, options.claim.end) === 'newest';
    items.push(newest ? await decodeRecord(options, raw) : raw);
  }
  return attempt(options, chunk, items);
}

/** A record that is older than another of its key is not even read. */
type Item = Decoded | RawRecord;

async function attempt(
  options: ReplayChunkOptions,
  chunk: ReplayChunk,
  items: readonly Item[],
): Promise<number | null> {
  try {
    return await inTransaction(options.dataSource, (tx) => apply(options, tx, chunk, items, false));
  } catch (error) {
    if (errorKind(error) !== 'data') throw error;
    if (items.length === 1) return inTransaction(options.dataSource, (tx) => apply(options, tx, chunk, items, true));
    return bisect(options, chunk, items);
  }
}

async function bisect(options: ReplayChunkOptions, chunk: ReplayChunk, items: readonly Item[]): Promise<number | null> {
  const middle = Math.floor(items.length / 2);
  const boundary = chunk.records[middle]?.offset ?? chunk.next;
  const left = { from: chunk.from, records: chunk.records.slice(0, middle), next: boundary };
  const right = { from: boundary, records: chunk.records.slice(middle), next: chunk.next };
  const first = await attempt(options, left, items.slice(0, middle));
  if (first === null) return null;
  const second = await attempt(options, right, items.slice(middle));
  return second === null ? null : first + second;
}

async function apply(
  options: ReplayChunkOptions,
  tx: EntityManager,
  chunk: ReplayChunk,
  items: readonly Item[],
  refused: boolean,
): Promise<number | null> {
  const { claim, scan, leaseMs } = options;
  if (!(await holdsClaim(tx, claim, chunk.from))) return null;
  await scan.reached(await lockedPosition(options, tx), SCAN_PATIENCE_MS);
  const outcomes: string[] = [];
  const handed: Handed[] = [];
  for (const item of items) {
    const standing = scan.standing('raw' in item ? item.raw : item, claim.end);
    if (standing !== 'newest') outcomes.push(standing);
    else if (refused || !('delivery' in item)) outcomes.push('refused');
    else handed.push(item);
  }
  const suppressed = suppressEffects(tx);
  outcomes.push(...(await hand(options, tx, handed)));
  const counts = { outcomes: countOutcomes(outcomes), ...suppressed };
  await saveProgress(tx, claim, chunk.next, counts, leaseMs);
  return handed.length;
}

async function hand(
  { spec, claim, partitions }: ReplayChunkOptions,
  tx: EntityManager,
  handed: readonly Handed[],
): Promise<string[]> {
  if (handed.length === 0) return [];
  const deliveries: Delivery<ValueOf<TopicName>>[] = handed.map(({ delivery }) => delivery);
  if (claim.reset) {
    // Since the number of partitions was raised a key may have its newest record elsewhere: this one only fills a gap.
    const atHome = handed.filter(({ raw }) => raw.key && partitionOf(raw.key, partitions) === claim.partition);
    const keys = atHome.map(({ delivery }) => delivery.key);
    if (keys.length > 0) await spec.reset?.(tx, keys);
  }
  const outcomes = await spec.handle(deliveries, tx);
  if (outcomes.length !== handed.length)
    throw new Error(`The handler of ${spec.topic} answered ${outcomes.length} outcomes for ${handed.length} events`);
  return outcomes.map(outcomeName);
}

async function lockedPosition({ claim, clusterId }: ReplayChunkOptions, tx: EntityManager): Promise<bigint> {
  const position = await lockPositionOf(tx, claim);
  if (position === null || position.nextOffset < claim.end)
    throw new MisconfiguredError(
      'position-gone',
      'The position of the consumer is not where it was when the replay began',
    );
  if (position.clusterId !== clusterId)
    throw new MisconfiguredError(
      'other-cluster',
      `The position belongs to cluster ${position.clusterId}, this is ${clusterId}`,
    );
  return position.nextOffset;
}

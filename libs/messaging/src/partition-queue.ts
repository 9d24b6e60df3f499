import type { RawRecord } from './dead-letter.store.ts';
import type { Chunk } from './decode-chunk.ts';

/** What one fetch brought of a partition. */
export interface Fetched {
  /** Offset that was asked for, not that of the first record: control records and compaction leave holes. */
  readonly from: bigint;
  readonly records: readonly RawRecord[];
  /** Offset after it, past trailing control records. */
  readonly next: bigint;
  readonly bytes: number;
}

export interface QueueLimits {
  /** Fetching pauses above this many records, or bytes, and goes on below half of it. */
  readonly records: number;
  readonly bytes: number;
}

/** Fetched records of one partition that wait for their turn, in offset order. */
export class PartitionQueue {
  readonly #limits: QueueLimits;
  #parts: Fetched[] = [];
  #records = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  get isFull(): boolean {
    return this.#records >= this.#limits.records || this.#bytes >= this.#limits.bytes;
  }

  get isLow(): boolean {
    return this.#records < this.#limits.records / 2 && this.#bytes < this.#limits.bytes / 2;
  }

  push(part: Fetched): void {
    this.#parts.push(part);
    this.#records += part.records.length;
    this.#bytes += part.bytes;
  }

  /** Puts back what was taken last and could not be used. */
  unshift({ from, records, next }: Pick<Fetched, 'from' | 'records' | 'next'>): void {
    this.#parts.unshift({ from, records, next, bytes: 0 });
    this.#records += records.length;
  }

  clear(): void {
    this.#parts = [];
    this.#records = 0;
    this.#bytes = 0;
  }

  /**
   * At most `limit` records, at least one part of the queue when that has none; null when nothing waits.
   * @param bound only what lies before this offset
   */
  take(limit: number, bound: bigint | null = null): Pick<Chunk, 'from' | 'records' | 'next'> | null {
    this.#cutAt(bound);
    const first = this.#parts[0];
    if (!first || isBeyond(first, bound)) return null;
    const records: RawRecord[] = [];
    let next = first.from;
    while (
      this.#parts[0] &&
      !isBeyond(this.#parts[0], bound) &&
      (records.length < limit || this.#parts[0].records.length === 0)
    ) {
      const part = this.#parts[0];
      const room = limit - records.length;
      if (part.records.length <= room) {
        this.#parts.shift();
        this.#bytes -= part.bytes;
        for (const record of part.records) records.push(record);
        next = part.next;
      } else {
        for (const record of part.records.slice(0, room)) records.push(record);
        next = part.records[room]?.offset ?? part.next;
        this.#parts[0] = { ...part, from: next, records: part.records.slice(room) };
      }
    }
    this.#records -= records.length;
    return { from: first.from, records, next };
  }

  /** Makes two of the part that the bound is in. */
  #cutAt(bound: bigint | null): void {
    if (bound === null) return;
    const at = this.#parts.findIndex(({ from, next }) => from < bound && bound < next);
    const part = this.#parts[at];
    if (!part) return;
    const before = part.records.findIndex(({ offset }) => offset >= bound);
    const count = before < 0 ? part.records.length : before;
    const head = { ...part, records: part.records.slice(0, count), next: bound };
    this.#parts.splice(at, 1, head, { ...part, from: bound, records: part.records.slice(count), bytes: 0 });
  }
}

const isBeyond = ({ from }: Fetched, bound: bigint | null): boolean => bound !== null && from >= bound;

/** A chunk should take about this long: short enough to be repeated or given up, long enough to be worth a commit. */
const CHUNK_MS = 250;
const SLOW_MS = 1_000;

/**
 * How many records to take next, by how long the last chunk took: doubled while a full chunk is quick, cut in proportion when
 * one was slow, so that a handler of seconds per record soon gets them one by one. In between it grows by a quarter: where
 * each chunk costs the same whatever its size (a slow commit), small ones would stay small for ever and never catch up.
 */
export function nextChunkSize(
  size: number,
  took: { readonly records: number; readonly ms: number },
  max: number,
): number {
  if (took.ms > SLOW_MS) return Math.max(1, Math.min(size, Math.floor((took.records * CHUNK_MS) / took.ms)));
  if (took.records < size) return size;
  return Math.min(max, took.ms < CHUNK_MS ? size * 2 : Math.ceil(size * 1.25));
}

import { describe, expect, it } from 'vitest';
import type { RawRecord } from './dead-letter.store.ts';
import { nextChunkSize, PartitionQueue, type Fetched } from './partition-queue.ts';

const record = (offset: number): RawRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
  eventId: null,
});

/** Records at these offsets, of a fetch that began at `from` and ended before `next`. */
const fetched = (from: number, offsets: readonly number[], next: number): Fetched => ({
  from: BigInt(from),
  records: offsets.map(record),
  next: BigInt(next),
  bytes: offsets.length * 10,
});

function queueOf(...parts: Fetched[]): PartitionQueue {
  const queue = new PartitionQueue({ records: 10, bytes: 1_000 });
  parts.forEach((part) => queue.push(part));
  return queue;
}

const shown = (taken: ReturnType<PartitionQueue['take']>): unknown =>
  taken && [Number(taken.from), taken.records.map(({ offset }) => Number(offset)), Number(taken.next)];

describe('the queue of a partition', () => {
  it('gives records across fetches, in order, with the range that they stand for', () => {
    const queue = queueOf(fetched(0, [0, 1, 2], 4), fetched(4, [5, 6], 7), fetched(7, [7], 8));
    expect(shown(queue.take(4))).toEqual([0, [0, 1, 2, 5], 6]);
    expect(shown(queue.take(4))).toEqual([6, [6, 7], 8]);
    expect(queue.take(4)).toBeNull();
  });

  it('gives a range without records too: the position moves over it', () => {
    expect(shown(queueOf(fetched(3, [], 5)).take(4))).toEqual([3, [], 5]);
    expect(shown(queueOf(fetched(3, [3], 4), fetched(4, [], 6)).take(1))).toEqual([3, [3], 6]);
  });

  it('leaves no hole between what is taken and what comes next when compaction left one', () => {
    const queue = queueOf(fetched(0, [0, 9], 10));
    expect(shown(queue.take(1))).toEqual([0, [0], 9]);
    expect(shown(queue.take(1))).toEqual([9, [9], 10]);
  });

  it('takes back what could not be used, in front', () => {
    const queue = queueOf(fetched(0, [0, 1], 2), fetched(2, [2], 3));
    const taken = queue.take(2);
    if (taken) queue.unshift(taken);
    expect(shown(queue.take(9))).toEqual([0, [0, 1, 2], 3]);
  });

  it('is full at its limit of records or bytes, and low below half of both', () => {
    const queue = queueOf(fetched(0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10));
    expect([queue.isFull, queue.isLow]).toEqual([true, false]);
    queue.take(5);
    expect([queue.isFull, queue.isLow]).toEqual([false, false]);
    queue.take(1);
    expect([queue.isFull, queue.isLow]).toEqual([false, true]);
    expect(queueOf({ ...fetched(0, [0], 1), bytes: 1_000 }).isFull).toBe(true);
  });
});

describe('the size of a chunk', () => {
  it('doubles while full chunks are quick, up to the most', () => {
    expect(nextChunkSize(10, { records: 10, ms: 20 }, 2_000)).toBe(20);
    expect(nextChunkSize(1_500, { records: 1_500, ms: 20 }, 2_000)).toBe(2_000);
  });

  it('stays when little is waiting', () => {
    expect(nextChunkSize(100, { records: 3, ms: 2 }, 2_000)).toBe(100);
    expect(nextChunkSize(100, { records: 3, ms: 300 }, 2_000)).toBe(100);
  });

  it('grows slowly when each chunk costs the same, however few its records are', () => {
    let size = 1;
    for (let chunk = 0; chunk < 20; chunk++) size = nextChunkSize(size, { records: size, ms: 300 }, 2_000);
    expect(size).toBeGreaterThan(100);
  });

  it('falls in proportion to one record for a handler of seconds per record', () => {
    expect(nextChunkSize(2_000, { records: 2_000, ms: 2_500 }, 2_000)).toBe(200);
    expect(nextChunkSize(10, { records: 10, ms: 20_000 }, 2_000)).toBe(1);
    expect(nextChunkSize(1, { records: 1, ms: 2_000 }, 2_000)).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { addOutcomes, judgeBatch, type FetchedBatch, type Position } from './position.ts';

const position: Position = {
  clusterId: 'A',
  nextOffset: 10n,
  lastOffset: 8n,
  lastEventId: 'e8',
  lastTimestamp: 1_000_000,
  outcomes: {},
};
const batch: FetchedBatch = { clusterId: 'A', fetchedOffset: 10n, highWatermark: 20n, continuous: false, records: [] };
const at = (offset: bigint, eventId: string, timestamp = 1_000_000): FetchedBatch['records'][number] => ({
  offset,
  eventId,
  timestamp,
});

describe('a fetched batch against the stored position', () => {
  it('is accepted when there is no position yet', () => {
    expect(judgeBatch(null, { ...batch, fetchedOffset: 5n })).toEqual({ kind: 'accept' });
  });

  it.each([
    ['starts at the position', { fetchedOffset: 10n }],
    [
      'starts below it, with the record that was read there',
      { fetchedOffset: 8n, records: [at(8n, 'e8'), at(10n, 'e10')] },
    ],
    ['starts above it, but only control records lie between', { fetchedOffset: 12n, continuous: true }],
  ])('is accepted when it %s', (_, change) => {
    expect(judgeBatch(position, { ...batch, ...change })).toEqual({ kind: 'accept' });
  });

  it('makes the consumer seek back when it starts above the position after a rebalance', () => {
    expect(judgeBatch(position, { ...batch, fetchedOffset: 12n })).toEqual({ kind: 'seek', to: 10n });
  });

  it.each([
    ['other-cluster', { clusterId: 'B' }],
    ['log-shorter', { fetchedOffset: 0n, highWatermark: 9n }],
    ['log-replaced', { fetchedOffset: 0n, records: [at(8n, 'other')] }],
    ['log-replaced', { fetchedOffset: 0n, records: [at(3n, 'e3', 1_060_001)] }],
  ])('stops the consumer as %s', (code, change) => {
    expect(judgeBatch(position, { ...batch, ...change })).toMatchObject({ kind: 'stop', code });
  });

  it('tolerates the clocks of two relays a minute apart', () => {
    expect(judgeBatch(position, { ...batch, fetchedOffset: 0n, records: [at(3n, 'e3', 1_060_000)] })).toEqual({
      kind: 'accept',
    });
  });
});

describe('outcome counts', () => {
  it('add up over batches', () => {
    expect(addOutcomes({ applied: 2 }, ['applied', 'ignored:own-write', 'applied'])).toEqual({
      applied: 4,
      'ignored:own-write': 1,
    });
  });
});

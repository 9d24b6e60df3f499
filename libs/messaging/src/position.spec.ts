import { describe, expect, it } from 'vitest';
import { addCounts, countOutcomes, judgeRun, type ClaimedRun, type Position } from './position.ts';

const position: Position = {
  clusterId: 'A',
  startOffset: 0n,
  nextOffset: 10n,
  lastOffset: 8n,
  lastEventId: 'e8',
  lastTimestamp: 1_000_000,
  accepted: 9n,
  outcomes: {},
  mayHold: false,
};
const run: ClaimedRun = { clusterId: 'A', from: 10n, records: [] };
const at = (offset: bigint, eventId: string, timestamp = 1_000_000): ClaimedRun['records'][number] => ({
  offset,
  eventId,
  timestamp,
});

describe('a run of records against the stored position', () => {
  it.each([
    ['starts at the position', { from: 10n }],
    ['starts below it, with the record that was read there', { from: 8n, records: [at(8n, 'e8'), at(10n, 'e10')] }],
    ['holds nothing below it, because of control records or compaction', { from: 8n, records: [at(15n, 'e15')] }],
  ])('is accepted when it %s', (_, change) => {
    expect(judgeRun(position, { ...run, ...change })).toEqual({ kind: 'accept' });
  });

  it('makes the consumer seek back when it starts above the position', () => {
    expect(judgeRun(position, { ...run, from: 12n })).toEqual({ kind: 'seek', to: 10n });
  });

  it.each([
    ['other-cluster', { clusterId: 'B' }],
    ['log-replaced', { from: 0n, records: [at(8n, 'other')] }],
    ['log-replaced', { from: 0n, records: [at(3n, 'e3', 1_060_001)] }],
  ])('stops the consumer as %s', (code, change) => {
    expect(judgeRun(position, { ...run, ...change })).toMatchObject({ kind: 'stop', code });
  });

  it('tolerates the clocks of two relays a minute apart', () => {
    expect(judgeRun(position, { ...run, from: 0n, records: [at(3n, 'e3', 1_060_000)] })).toEqual({ kind: 'accept' });
  });
});

describe('outcome counts', () => {
  it('add up over chunks', () => {
    expect(addCounts({ applied: 2 }, countOutcomes(['applied', 'ignored:own-write', 'applied']))).toEqual({
      applied: 4,
      'ignored:own-write': 1,
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { OutboxRow } from './outbox.store.ts';
import { encodeHeaders } from './record-headers.ts';
import { placeRows, unprovenReason, type PlacedBatch } from './verified-send.ts';

const sent: PlacedBatch[] = [
  { topic: 'a', partition: 0, records: [] },
  { topic: 'a', partition: 1, records: [] },
  { topic: 'mark', partition: 0, records: [] },
];
const answer = (
  topicName: string,
  partition: number,
  baseOffset = '7',
  errorCode = 0,
): { topicName: string; partition: number; baseOffset: string; errorCode: number } => ({
  topicName,
  partition,
  baseOffset,
  errorCode,
});
const whole = [answer('a', 0), answer('a', 1), answer('mark', 0)];

describe('the answer to a send', () => {
  it('proves the send when it names every partition without error and with a rising offset', () => {
    expect(unprovenReason(sent, whole, new Map([['a/0', 6n]]))).toBeNull();
  });

  it.each([
    ['a partition is missing', [answer('a', 0), answer('mark', 0)], 'does not name a/1'],
    [
      'a partition answered an error',
      [answer('a', 0), answer('a', 1, '7', 6), answer('mark', 0)],
      'a/1 answered error code 6',
    ],
    ['a partition is named twice', [...whole, answer('a', 1, '9')], 'named twice'],
    ['an offset is absent', [answer('a', 0), answer('a', 1, '-1'), answer('mark', 0)], 'a/1 answered no offset'],
    [
      'an offset does not rise',
      [answer('a', 0, '6'), answer('a', 1), answer('mark', 0)],
      'a/0 answered offset 6, not above',
    ],
  ])('proves nothing when %s', (_, entries, reason) => {
    expect(unprovenReason(sent, entries, new Map([['a/0', 6n]]))).toContain(reason);
  });
});

const topics = new Map([['t', { topic: 't', nextOffsets: [0n, 0n, 0n, 0n, 0n, 0n], formerCounts: [], hold: null }]]);
const row = (key: string, bytes = 0): OutboxRow => ({
  id: '1',
  eventId: 'e',
  topic: 't',
  key,
  value: Buffer.alloc(bytes),
  headers: encodeHeaders({}),
});

describe('placing rows', () => {
  it('puts a key where the Java client puts it (murmur2)', () => {
    // toPositive(murmur2(key)) % 6 of org.apache.kafka.common.utils.Utils, computed by an implementation of its own
    expect(placeRows([row('customer-1')], topics, 1_000).batches[0]?.partition).toBe(3);
  });

  it('takes rows until one partition is full, and always one', () => {
    const rows = [row('customer-1', 600), row('other', 600), row('customer-1', 600), row('other', 1)];
    expect(placeRows(rows, topics, 1_000).rows).toHaveLength(2);
    expect(placeRows([row('customer-1', 5_000)], topics, 1_000).rows).toHaveLength(1);
  });
});

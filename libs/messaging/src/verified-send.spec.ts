import type { ITopicMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { placeRows, unprovenReason, type PlacedBatch } from './verified-send.ts';

const sent: PlacedBatch[] = [
  { topic: 'a', messages: [0, 1].map((partition) => ({ partition, value: 'x' })) },
  { topic: 'mark', messages: [{ partition: 0, value: 'm' }] },
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

describe('placing rows', () => {
  it('puts a key where the Java client puts it (murmur2)', () => {
    const partitions = Array.from({ length: 6 }, (_, partitionId) => ({ partitionId, leader: 1 }));
    const metadata = new Map([['t', { name: 't', partitions } as unknown as ITopicMetadata]]);
    const row = { id: '1', eventId: 'e', topic: 't', key: 'customer-1', value: null, headers: {} };
    // toPositive(murmur2(key)) % 6 of org.apache.kafka.common.utils.Utils, computed by an implementation of its own
    expect(placeRows([row], metadata)[0]?.messages[0]?.partition).toBe(3);
  });
});

import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Partitioners, type ITopicMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { partitionOf } from './partition-of.ts';
import { encodeRecordBatch } from './record-batch.ts';
import { decodeHeaders, encodeHeaders } from './record-headers.ts';

/** kafkajs' reader and checksum are the second opinion; brokers are the third, in every integration test of the relay. */
const kafkajs = createRequire(import.meta.url);
const Decoder = kafkajs('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeBatch = kafkajs('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (decoder: object) => Promise<{
  firstSequence: number;
  producerEpoch: number;
  producerId: string;
  inTransaction: boolean;
  records: { offset: string; timestamp: string; key: Buffer; value: Buffer | null; headers: Record<string, unknown> }[];
}>;
const checksum = kafkajs('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js') as (bytes: Buffer) => number;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const record = fc.record({
  key: bytes,
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc.string({ minLength: 1 }).map((name) => `h-${name}`),
    bytes,
    { maxKeys: 9 },
  ),
});

describe('a record batch', () => {
  it('is read by kafkajs as it was given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 80 }), async (records) => {
        const batch = encodeRecordBatch(
          records.map(({ headers, ...rest }) => ({ ...rest, headers: encodeHeaders(headers) })),
          {
            producerId: 4_000_000_000_123n,
            producerEpoch: 7,
            firstSequence: 2_000_000_000,
            timestamp: 1_732_320_000_000,
          },
        );
        const read = await decodeBatch(new Decoder(batch));
        expect(read).toMatchObject({ producerId: '4000000000123', producerEpoch: 7, firstSequence: 2_000_000_000 });
        expect(read.inTransaction).toBe(true);
        expect(read.records.map(({ key, value }) => ({ key, value }))).toEqual(
          records.map(({ key, value }) => ({ key, value })),
        );
        expect(read.records.map(({ headers }) => headers)).toEqual(records.map(({ headers }) => ({ ...headers })));
        expect(batch.readUInt32BE(17)).toBe(checksum(batch.subarray(21)));
      }),
    );
  });
});

describe("headers in Kafka's bytes", () => {
  it('are given back, also several of one name', () => {
    const given = { one: 'x', two: [Buffer.from([0, 255]), 'y'], none: undefined, empty: '' };
    expect(decodeHeaders(encodeHeaders(given))).toEqual({
      one: [Buffer.from('x')],
      two: [Buffer.from([0, 255]), Buffer.from('y')],
      empty: [Buffer.from('')],
    });
  });

  it.each([
    ['cut short', encodeHeaders({ a: 'b' }).subarray(0, 3)],
    ['empty', Buffer.alloc(0)],
    ['too long', Buffer.from([0, 1])],
  ])('are refused when they are %s', (_, broken) => {
    expect(() => decodeHeaders(broken)).toThrow('not whole');
  });
});

it('the checksum is CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  fc.assert(fc.property(bytes, (data) => void expect(crc32c(data)).toBe(checksum(data))));
});

it('a key is placed as kafkajs and the Java client place it', () => {
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 }));
  const theirs = Partitioners.DefaultPartitioner();
  const metadata = partitionMetadata as unknown as ITopicMetadata['partitions'];
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      const message = { key, value: null };
      expect(partitionOf(Buffer.from(key), 12)).toBe(theirs({ topic: 't', partitionMetadata: metadata, message }));
    }),
  );
});

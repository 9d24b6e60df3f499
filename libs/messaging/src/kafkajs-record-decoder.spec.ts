import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, type BatchContext, type DecodedRecord } from './kafkajs-record-decoder.ts';

const require = createRequire(import.meta.url);
const source = (file: string): unknown => require(`kafkajs/src/protocol/${file}`);
type Theirs = (decoder: { buffer: Buffer }, context: BatchContext) => DecodedRecord;
const theirs = source('recordBatch/record/v0/decoder.js') as Theirs;
const Decoder = source('decoder.js') as new (buffer: Buffer) => { buffer: Buffer };

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const bytes = (value: Uint8Array | null): Buffer =>
  value === null ? varint(-1n) : Buffer.concat([varint(BigInt(value.length)), value]);

const blob = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
const inherited = (text: string): boolean => text in {};
const name = fc.oneof(
  fc.constantFrom('ce_id', 'ce_source', 'twice', ''),
  fc.string().filter((text) => !inherited(text)),
);
const record = fc.record({
  timestampDelta: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  offsetDelta: fc.integer({ min: 0, max: 2 ** 30 }),
  key: blob,
  value: blob,
  headers: fc.array(fc.tuple(name, blob), { maxLength: 9 }),
});
const context = fc.record({
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String),
  firstTimestamp: fc.oneof(fc.constant('1795816065142'), fc.bigInt({ min: -1n, max: 2n ** 61n }).map(String)),
  maxTimestamp: fc.constant('1795816065999'),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

interface Given {
  readonly timestampDelta: bigint;
  readonly offsetDelta: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
}

const encode = (given: Given): Buffer =>
  Buffer.concat([
    Buffer.from([0]),
    varint(given.timestampDelta),
    varint(BigInt(given.offsetDelta)),
    bytes(given.key),
    bytes(given.value),
    varint(BigInt(given.headers.length)),
    ...given.headers.flatMap(([key, value]) => [bytes(Buffer.from(key)), bytes(value)]),
  ]);

describe('the decoder of a record', () => {
  it.each(['constructor', '__proto__', 'toString'])('takes a header named %s for what it is', (key) => {
    const value = Buffer.from('x');
    const given = { timestampDelta: 0n, offsetDelta: 0, key: null, value: null, headers: [[key, value]] as const };
    const { headers } = decodeRecord({ buffer: encode(given) }, { firstOffset: '0', firstTimestamp: '0' });
    expect(Object.entries(headers)).toEqual([[key, value]]);
  });

  it('reads what the decoder of kafkajs reads', () => {
    fc.assert(
      fc.property(record, context, (given, batch) => {
        const buffer = encode(given);
        const ours = decodeRecord({ buffer }, batch);
        const expected = theirs(new Decoder(buffer), batch);
        expect({ ...ours, headers: Object.entries(ours.headers) }).toEqual({
          ...expected,
          headers: Object.entries(expected.headers),
        });
      }),
    );
  });
});

import { createRequire } from 'node:module';

/** What kafkajs gives to the decoder of one record: the record's own bytes, and what its batch says of all. */
export interface RecordBytes {
  readonly buffer: Buffer;
}

export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  readonly timestampType?: number;
}

type Headers = Record<string, Buffer | null | (Buffer | null)[]>;

export interface DecodedRecord {
  readonly magicByte: number | undefined;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

const LOG_APPEND_TIME = 1;
let fixed = false;

/**
 * kafkajs copies the headers of a record once more for each header, and adds offsets as objects: with eight headers that is
 * most of what reading a record costs. Has an effect only before the process reads its first record.
 */
export function speedUpRecordDecoder(): void {
  if (fixed) return;
  const require = createRequire(import.meta.url);
  const file = require.resolve('kafkajs/src/protocol/recordBatch/record/v0/decoder.js');
  require(file);
  const cached = require.cache[file];
  if (cached) cached.exports = decodeRecord;
  fixed = true;
}

/**
 * Record => Attributes int8, TimestampDelta varlong, OffsetDelta varint, Key and Value as varint length and bytes, [Header]
 * Header => Key as varint length and text, Value as varint length and bytes. Source: https://kafka.apache.org/documentation/#record
 */
export function decodeRecord({ buffer }: RecordBytes, context: BatchContext): DecodedRecord {
  const at = { buffer, offset: 1 };
  const timestampDelta = readVarint(at);
  const offsetDelta = readVarint(at);
  const key = readBytes(at);
  const value = readBytes(at);
  const headers = readHeaders(at);
  const appended = context.timestampType === LOG_APPEND_TIME && context.maxTimestamp;
  return {
    magicByte: context.magicByte,
    attributes: buffer.readInt8(0),
    timestamp: appended ? appended : add(context.firstTimestamp, timestampDelta),
    offset: add(context.firstOffset, offsetDelta),
    key,
    value,
    headers,
    isControlRecord: context.isControlBatch ?? false,
    batchContext: context,
  };
}

interface Cursor {
  readonly buffer: Buffer;
  offset: number;
}

/** Deltas and lengths nearly always fit four bytes; a number or, for what does not, a bigint. */
function readVarint(at: Cursor): number | bigint {
  const { buffer } = at;
  let result = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = buffer[at.offset++] ?? 0;
    result |= (byte & 0x7f) << shift;
    if (byte < 0x80) return (result >>> 1) ^ -(result & 1);
  }
  return readLongVarint(at, BigInt(result));
}

function readLongVarint(at: Cursor, low: bigint): bigint {
  let result = low;
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = at.buffer[at.offset++] ?? 0;
    result |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return BigInt.asIntN(64, (result >> 1n) ^ -(result & 1n));
}

function readBytes(at: Cursor): Buffer | null {
  const length = Number(readVarint(at));
  if (length < 0) return null;
  const start = at.offset;
  at.offset += length;
  return at.buffer.subarray(start, at.offset);
}

function readHeaders(at: Cursor): Headers {
  const headers: Headers = {};
  for (let count = Number(readVarint(at)); count > 0; count--) {
    const length = Number(readVarint(at));
    const name = at.buffer.toString('utf8', at.offset, at.offset + length);
    at.offset += length;
    addHeader(headers, name, readBytes(at));
  }
  return headers;
}

/** A name that comes again makes a list; one that is a property of every object is a header like any other. */
function addHeader(headers: Headers, name: string, value: Buffer | null): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  const both = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  if (name === '__proto__')
    Object.defineProperty(headers, name, { value: both, enumerable: true, configurable: true, writable: true });
  else headers[name] = both;
}

function add(base: string, delta: number | bigint): string {
  const sum = Number(base) + Number(delta);
  return Number.isSafeInteger(sum) && Number.isSafeInteger(Number(base))
    ? String(sum)
    : String(BigInt(base) + BigInt(delta));
}

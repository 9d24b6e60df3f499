import { DataError } from './errors.ts';

/** Headers of a record as a producer gives them; a name may occur several times. */
export type RecordHeaders = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
type HeaderValue = string | Buffer;

/**
 * Headers in the bytes that a Kafka record ends with: count, then name and value of each. They are encoded once, where an
 * event is written, and the relay copies them: parsing and writing them again would be half of its work.
 * Source: Kafka protocol guide, record format v2.
 */
export function encodeHeaders(headers: RecordHeaders): Buffer {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [Buffer.from(name), Buffer.from(one as string)] as const),
  );
  const size = pairs.reduce((sum, [name, value]) => sum + sizeOfBytes(name) + sizeOfBytes(value), 0);
  const target = Buffer.allocUnsafe(sizeOfVarint(pairs.length) + size);
  let at = writeVarint(target, 0, pairs.length);
  for (const [name, value] of pairs) at = writeBytes(target, writeBytes(target, at, name), value);
  return target;
}

/** @throws DataError when the bytes are no whole headers. */
export function decodeHeaders(bytes: Buffer): Record<string, Buffer[]> {
  const headers = new Map<string, Buffer[]>();
  let at = 0;
  const next = (): number => {
    const read = readVarint(bytes, at);
    at = read.end;
    return read.value;
  };
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw broken();
    return bytes.subarray(at, (at += length));
  };
  for (let left = next(); left > 0; left--) {
    const name = take(next()).toString();
    headers.set(name, [...(headers.get(name) ?? []), take(next())]);
  }
  if (at !== bytes.length) throw broken();
  return Object.fromEntries(headers);
}

/** Bytes that a zigzag varint takes. */
export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest >>>= 7) size++;
  return size;
}

/** @returns the position behind it. */
export function writeVarint(target: Buffer, position: number, value: number): number {
  let at = position;
  let rest = zigzag(value);
  for (; rest > 0x7f; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80;
  target[at++] = rest;
  return at;
}

/** A length and that many bytes; null is the length -1. */
export function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;
}

export function writeBytes(target: Buffer, position: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(target, position, -1);
  const at = writeVarint(target, position, bytes.length);
  bytes.copy(target, at);
  return at + bytes.length;
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function readVarint(bytes: Buffer, position: number): { value: number; end: number } {
  let raw = 0;
  for (let at = position, shift = 0; shift < 32; at++, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) throw broken();
    raw |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: (raw >>> 1) ^ -(raw & 1), end: at + 1 };
  }
  throw broken();
}

function broken(): DataError {
  return new DataError('headers-corrupt', 'The stored headers of an event are not whole');
}

import { TOPIC_SCHEMAS, type TopicName } from '@tieout/canonical';
import { compileSchema } from '@tieout/messaging';
import type { Random } from '@tieout/testing/programs';
import { SPOILT } from '../oracle/observe.ts';
import type { NewRecord } from '../outsider/outsider.ts';

/** Bytes of the Confluent wire format before the Avro body. */
const PREFIX = 5;

/** The record with other bytes, marked as one that nobody can read. */
export function spoilt(record: NewRecord, change: (value: Buffer) => Buffer): NewRecord {
  return { ...record, value: change(record.value ?? Buffer.alloc(0)), headers: [...record.headers, [SPOILT, 'yes']] };
}

export function withSchemaId(value: Buffer, id: number): Buffer {
  const copy = Buffer.from(value);
  copy.writeUInt32BE(id, 1);
  return copy;
}

/** A value in the wire format, by any schema. */
export function written(schema: string, id: number, value: object): Buffer {
  return withSchemaId(Buffer.concat([Buffer.alloc(PREFIX), compileSchema(parsed(schema)).toBuffer(value)]), id);
}

/**
 * Rewrites a value under its own schema id with the logical types taken off: decimals are then any bytes, dates any int, which
 * is how a foreign producer gets the impossible onto a topic.
 */
export function rawly(topic: TopicName, value: Buffer, change: (fields: Record<string, unknown>) => void): Buffer {
  const type = compileSchema(parsed(TOPIC_SCHEMAS[topic].replaceAll(/,"logicalType":"[a-z-]+"/g, '')));
  const fields = { ...(type.fromBuffer(value.subarray(PREFIX)) as Record<string, unknown>) };
  change(fields);
  return Buffer.concat([value.subarray(0, PREFIX), type.toBuffer(fields)]);
}

/** One of the ways in which bytes go wrong on their way: flipped, cut, doubled, lengthened, overwritten. */
export function fuzz(value: Buffer, random: Random): Buffer {
  const copy = Buffer.from(value);
  const at = random.int(0, copy.length - 1);
  const ways: readonly (() => Buffer)[] = [
    () => flipped(copy, at, random.int(0, 7)),
    () => copy.subarray(0, at),
    () => Buffer.concat([copy, copy.subarray(at)]),
    () => Buffer.concat([copy.subarray(0, at), Buffer.alloc(random.int(1, 9), 0xff), copy.subarray(at)]),
    () => copy.fill(random.int(0, 255), at, Math.min(copy.length, at + random.int(1, 12))),
    () => flipped(copy, random.int(0, PREFIX - 1), random.int(0, 7)),
    () => Buffer.alloc(random.int(0, 8), random.int(0, 255)),
  ];
  return random.pick(ways)();
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return bytes;
}

function parsed(schema: string): Parameters<typeof compileSchema>[0] {
  return JSON.parse(schema) as Parameters<typeof compileSchema>[0];
}

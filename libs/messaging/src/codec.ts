import { TOPIC_NAMES, TOPIC_SCHEMAS, type TopicName, type ValueOf } from '@tieout/canonical';
import type { Schema, Type } from 'avsc';
import { compileSchema } from './avro-types.ts';
import { DataError, errorMessage } from './errors.ts';
import { writerEntry, type IdBundle } from './schema-registry-bundle.ts';
import type { SchemaSource } from './schema-registry.ts';

/** Confluent wire format: a zero byte, the schema id as 32 bits big-endian, then Avro binary. */
const MAGIC_BYTE = 0;
const PREFIX_BYTES = 5;
/** The broker's own limit (`max.message.bytes` in schemas/topics.yaml). */
const MAX_BYTES = 1_048_576;

export interface Codec {
  /** @throws DataError naming the field, `record-too-large` beyond 1 MiB */
  encode<T extends TopicName>(topic: T, value: ValueOf<T>): Buffer;
  /**
   * A promise only when the writer's schema has to be fetched first.
   * @throws DataError for bytes that are not a record of the topic, TransientError when an unknown id cannot be looked up
   */
  decode<T extends TopicName>(topic: T, bytes: Buffer): ValueOf<T> | Promise<ValueOf<T>>;
}

export interface CodecOptions {
  readonly bundle: IdBundle;
  /** Asked for ids that the bundle does not know; null: such ids are refused. */
  readonly registry: SchemaSource | null;
  readonly maxBytes?: number;
  /** The contracts that this program was built with; another release of them in tests. */
  readonly schemas?: Readonly<Record<TopicName, string>>;
}

interface Reader {
  readonly type: Type;
  readonly writerId: number;
  /** By writer id; building one takes as long as decoding hundreds of records. */
  readonly resolvers: Map<number, ReturnType<Type['createResolver']>>;
}

/** @throws MisconfiguredError when the bundle lacks the schema of a topic. */
export function createCodec(options: CodecOptions): Codec {
  const { bundle, registry, maxBytes = MAX_BYTES, schemas = TOPIC_SCHEMAS } = options;
  const readers = new Map(TOPIC_NAMES.map((topic) => [topic, createReader(bundle, topic, schemas[topic])]));
  const known = new Map(bundle.schemas.map((entry) => [entry.id, entry.schema]));
  const encoder = createEncoder(maxBytes);

  return {
    encode(topic, value) {
      const { type, writerId } = readerOf(readers, topic);
      return encoder(topic, type, writerId, value);
    },
    decode<T extends TopicName>(topic: T, bytes: Buffer): ValueOf<T> | Promise<ValueOf<T>> {
      const reader = readerOf(readers, topic);
      const id = writerIdOf(bytes, maxBytes);
      const cached = reader.resolvers.get(id);
      if (cached !== undefined) return decodeWith(topic, reader.type, cached, bytes) as ValueOf<T>;
      const text = known.get(id);
      if (text !== undefined) {
        const resolver = addResolver(topic, reader, id, compileSchema(JSON.parse(text) as Schema));
        return decodeWith(topic, reader.type, resolver, bytes) as ValueOf<T>;
      }
      return fetchThenDecode(topic, reader, id, bytes, registry) as Promise<ValueOf<T>>;
    },
  };
}

function createReader(bundle: IdBundle, topic: TopicName, schema: string): Reader {
  return {
    type: compileSchema(JSON.parse(schema) as Schema),
    writerId: writerEntry(bundle, topic, schema).id,
    resolvers: new Map(),
  };
}

function readerOf(readers: ReadonlyMap<TopicName, Reader>, topic: TopicName): Reader {
  const reader = readers.get(topic);
  if (reader === undefined) throw new DataError('topic-unknown', `${topic} is not a topic of the contracts`);
  return reader;
}

async function fetchThenDecode(
  topic: TopicName,
  reader: Reader,
  id: number,
  bytes: Buffer,
  registry: SchemaSource | null,
): Promise<unknown> {
  if (registry === null) throw new DataError('schema-unknown', `Schema id ${id} is not in the id bundle`);
  const writer = await registry.fetch(id);
  return decodeWith(topic, reader.type, reader.resolvers.get(id) ?? addResolver(topic, reader, id, writer), bytes);
}

function addResolver(topic: TopicName, reader: Reader, id: number, writer: Type): ReturnType<Type['createResolver']> {
  try {
    const resolver = reader.type.createResolver(writer);
    reader.resolvers.set(id, resolver);
    return resolver;
  } catch (error) {
    throw new DataError(
      'schema-incompatible',
      `A ${topic} record of schema ${id} cannot be read: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

function writerIdOf(bytes: Buffer, maxBytes: number): number {
  if (bytes.length > maxBytes + PREFIX_BYTES)
    throw new DataError('record-too-large', `The record has ${bytes.length} bytes, at most ${maxBytes} are read`);
  if (bytes.length < PREFIX_BYTES)
    throw new DataError(
      'avro-truncated',
      `The record has ${bytes.length} bytes, its schema id alone takes ${PREFIX_BYTES}`,
    );
  if (bytes[0] !== MAGIC_BYTE)
    throw new DataError(
      'magic-byte',
      `The record begins with byte ${String(bytes[0])}, not with 0: it is not in the Confluent wire format`,
    );
  return bytes.readUInt32BE(1);
}

function decodeWith(
  topic: TopicName,
  type: Type,
  resolver: ReturnType<Type['createResolver']>,
  bytes: Buffer,
): unknown {
  try {
    return type.fromBuffer(bytes.subarray(PREFIX_BYTES), resolver);
  } catch (error) {
    throw decodeError(topic, error);
  }
}

function decodeError(topic: TopicName, cause: unknown): DataError {
  const message = errorMessage(cause);
  const code = cause instanceof DataError ? cause.code : DECODE_CODES.find(([text]) => message.includes(text))?.[1];
  return new DataError(code ?? 'avro-invalid', `The record is not a ${topic} value: ${message}`, { cause });
}

const DECODE_CODES: readonly (readonly [string, string])[] = [
  ['truncated buffer', 'avro-truncated'],
  ['trailing data', 'avro-trailing'],
];

type Encoder = (topic: TopicName, type: Type, id: number, value: unknown) => Buffer;

/** Writes into one buffer that grows once and is copied from: twice as fast as sizing every record anew. */
function createEncoder(maxBytes: number): Encoder {
  let scratch = Buffer.allocUnsafe(16_384);
  return (topic, type, id, value) => {
    let end = write(topic, type, value, scratch);
    if (end < 0) {
      const needed = scratch.length - end;
      if (needed > maxBytes)
        throw new DataError(
          'record-too-large',
          `The ${topic} value takes ${needed} bytes, at most ${maxBytes} are allowed`,
        );
      scratch = Buffer.allocUnsafe(Math.max(needed, scratch.length * 2));
      end = write(topic, type, value, scratch);
    }
    if (end > maxBytes)
      throw new DataError('record-too-large', `The ${topic} value takes ${end} bytes, at most ${maxBytes} are allowed`);
    const bytes = Buffer.from(scratch.subarray(0, end));
    bytes.writeUInt8(MAGIC_BYTE, 0);
    bytes.writeUInt32BE(id, 1);
    return bytes;
  };
}

/** @returns the end, or minus the bytes that are missing. */
function write(topic: TopicName, type: Type, value: unknown, buffer: Buffer): number {
  try {
    return type.encode(value, buffer, PREFIX_BYTES);
  } catch (error) {
    throw encodeError(topic, type, value, error);
  }
}

function encodeError(topic: TopicName, type: Type, value: unknown, cause: unknown): DataError {
  const fault = firstFault(type, value);
  const code = cause instanceof DataError ? cause.code : (fault?.code ?? 'avro-invalid');
  return new DataError(code, `${topic}: ${fault === null ? errorMessage(cause) : `${fault.path}: ${fault.reason}`}`, {
    cause,
  });
}

interface Fault {
  readonly path: string;
  readonly code: string;
  readonly reason: string;
}

/** The first field that does not fit, with the reason that its type gives. */
function firstFault(type: Type, value: unknown): Fault | null {
  let found: Fault | null = null;
  type.isValid(value, {
    errorHook: (path, actual: unknown, expected) => {
      found ??= { path: path.join('.'), ...explain(expected, actual) };
    },
  });
  return found;
}

function explain(expected: Type, actual: unknown): Omit<Fault, 'path'> {
  try {
    const branch = 'types' in expected ? (expected.types as Type[]).find((each) => each.typeName !== 'null') : expected;
    branch?.toBuffer(actual);
  } catch (error) {
    if (error instanceof DataError) return { code: error.code, reason: error.message };
  }
  if (actual === undefined) return { code: 'field-missing', reason: 'is missing' };
  return {
    code: 'avro-invalid',
    reason: `${String(JSON.stringify(actual, bigintText))?.slice(0, 80)} is not ${TYPE_NAMES.get(expected.typeName) ?? expected.typeName}`,
  };
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([['abstract:long', 'a 64-bit bigint']]);

const bigintText = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

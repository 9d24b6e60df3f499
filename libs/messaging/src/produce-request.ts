/** A record batch on its way to a partition. */
export interface EncodedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

/** A request as kafkajs' connections take it; what `encode` answers passes for kafkajs' encoder. */
export interface ProduceRequest {
  readonly apiKey: 0;
  readonly apiVersion: 7;
  readonly apiName: 'Produce';
  readonly expectResponse: () => true;
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer; readonly size: () => number }>;
}

const ACKS_OF_ALL = -1;
const TIMEOUT_MS = 30_000;

/** Source: Kafka protocol guide, Produce request version 7. */
export function encodeProduceRequest(transactionalId: string, batches: readonly EncodedBatch[]): ProduceRequest {
  const topics = [...Map.groupBy(batches, ({ topic }) => topic)];
  const parts = [
    string(transactionalId),
    int16(ACKS_OF_ALL),
    int32(TIMEOUT_MS),
    int32(topics.length),
    ...topics.flatMap(([topic, ofTopic]) => [
      string(topic),
      int32(ofTopic.length),
      ...ofTopic.flatMap(({ partition, bytes }) => [int32(partition), int32(bytes.length), bytes]),
    ]),
  ];
  const buffer = Buffer.concat(parts);
  return {
    apiKey: 0,
    apiVersion: 7,
    apiName: 'Produce',
    expectResponse: () => true,
    encode: () => Promise.resolve({ buf: buffer, buffer, size: () => buffer.length }),
  };
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

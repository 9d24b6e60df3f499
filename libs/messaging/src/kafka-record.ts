import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { RawHeader, RawRecord } from './dead-letter.store.ts';
import { rawEventId } from './event-headers.ts';

/** A record as kafkajs hands it over. What only few records need, their headers as a list, is made when it is asked for. */
export class KafkaRecord implements RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly wireHeaders: IHeaders | undefined;

  constructor(topic: string, partition: number, message: KafkaMessage) {
    this.topic = topic;
    this.partition = partition;
    this.offset = BigInt(message.offset);
    this.timestamp = Number(message.timestamp);
    this.key = message.key;
    this.value = message.value;
    this.wireHeaders = message.headers;
  }

  get headers(): readonly RawHeader[] {
    return Object.entries(this.wireHeaders ?? {}).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => ({
        key,
        value: one === undefined || one === null ? null : Buffer.from(one),
      })),
    );
  }

  get eventId(): string | null {
    return rawEventId(this.wireHeaders);
  }
}

/** Headers by name, of a record from the wire or of one that was kept. */
export function headersOf(record: RawRecord): IHeaders | undefined {
  if (record instanceof KafkaRecord) return record.wireHeaders;
  return Object.fromEntries(record.headers.map(({ key, value }) => [key, value ?? undefined]));
}

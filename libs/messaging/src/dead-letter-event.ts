import { derivedId } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { ConsumeOptions } from './consume-once.ts';
import { storable, validTime, type DeadLetterRow, type RawRecord } from './dead-letter.store.ts';
import { errorCode } from './errors.ts';
import type { NewEvent } from './outbox.ts';

/** The broker's limit is for the whole record: this much is left to the envelope, the texts and the headers of our own. */
const MAX_REPEATED_BYTES = 1_048_576 - 32 * 1_024;
const MAX_KEY_BYTES = 1_024;

type DeadLetterEvent = NewEvent<'finance.dead-letter.v1'>;

/** Publishes what failed. A record that failed again is published again, under an id of its own. */
export async function publishDead(
  options: Pick<ConsumeOptions, 'service' | 'outbox'>,
  tx: EntityManager,
  rows: readonly DeadLetterRow[],
): Promise<void> {
  for (const row of rows) {
    const event = deadLetterEvent(options.service, row);
    try {
      await options.outbox.publish(tx, [event]);
    } catch (error) {
      if (errorCode(error) !== 'record-too-large') throw error;
      await options.outbox.publish(tx, [withoutBytes(event)]);
    }
  }
}

function deadLetterEvent(service: string, row: DeadLetterRow): DeadLetterEvent {
  const { id, group, record } = row;
  const { topic, partition, offset, key, value, headers } = record;
  const event: DeadLetterEvent = {
    topic: 'finance.dead-letter.v1',
    key: readableKey(key) ?? id,
    id: row.again === undefined ? id : derivedId('dead-letter-again', id, row.again),
    headers: connectHeaders(service, row),
    value: {
      ...{ deadLetterId: id, service, consumerGroup: group, topic, partition, offset, key, value },
      timestamp: new Date(validTime(record.timestamp)).toISOString(),
      headers: headers.map((header) => ({ key: header.key, value: header.value })),
      ...{ reason: row.reason, errorCode: row.errorCode, attempts: row.attempts },
      errorMessage: storable(row.errorMessage),
      stack: row.stack,
      failedAt: new Date().toISOString(),
    },
  };
  return sizeOf(record) > MAX_REPEATED_BYTES ? withoutBytes(event) : event;
}

/** With its envelope a record of nearly the largest size is too large; the row keeps the bytes. */
function withoutBytes(event: DeadLetterEvent): DeadLetterEvent {
  const key = (event.value.key?.length ?? 0) > MAX_KEY_BYTES ? null : event.value.key;
  const errorMessage = `${event.value.errorMessage} (value and headers too large to be repeated here)`;
  return { ...event, value: { ...event.value, key, value: null, headers: [], errorMessage } };
}

const sizeOf = ({ key, value, headers }: RawRecord): number =>
  headers.reduce((sum, one) => sum + one.key.length * 3 + (one.value?.length ?? 0) + 8, 0) +
  (key?.length ?? 0) +
  (value?.length ?? 0);

/** The family of headers that Kafka Connect writes on its dead letters, for tooling that knows it. Numbers are text, as there. */
function connectHeaders(service: string, { group, record, ...row }: DeadLetterRow): Record<string, string> {
  const facts: readonly (readonly [string, string | null])[] = [
    ['topic', record.topic],
    ['partition', String(record.partition)],
    ['offset', String(record.offset)],
    ['connector.name', group],
    ['task.id', String(record.partition)],
    ['stage', row.stage],
    ['class.name', `${service}:${row.stage === 'TASK_PUT' ? 'handler' : 'codec'}`],
    ['exception.class.name', row.errorClass],
    ['exception.message', row.errorMessage],
    ['exception.stacktrace', row.stack],
  ];
  return Object.fromEntries(
    facts.flatMap(([name, text]) => (text === null ? [] : [[`__connect.errors.${name}`, storable(text)]])),
  );
}

/** Keys of foreign producers may be any bytes. */
export function readableKey(key: Buffer | null): string | null {
  if (key !== null && key.length > MAX_KEY_BYTES) return null;
  const text = key?.toString() ?? '';
  return text === '' || text.includes('\0') || text.includes('\uFFFD') ? null : text;
}

import { Partitioners, type ITopicMetadata, type Message, type RecordMetadata } from 'kafkajs';
import type { OutboxRow } from './outbox.store.ts';

/** A record with its partition fixed before sending, so that we know which (topic, partition) the answer has to name. */
export type PlacedMessage = Message & { readonly partition: number };
export interface PlacedBatch {
  readonly topic: string;
  readonly messages: PlacedMessage[];
}

/** Chooses partitions as the Java client does (murmur2 of the key). */
export function placeRows(rows: readonly OutboxRow[], metadata: ReadonlyMap<string, ITopicMetadata>): PlacedBatch[] {
  const partition = Partitioners.DefaultPartitioner();
  const batches = new Map<string, PlacedBatch>();
  for (const row of rows) {
    const partitionMetadata = metadata.get(row.topic)?.partitions ?? [];
    const message = { key: row.key, value: row.value, headers: row.headers };
    const batch = batches.get(row.topic) ?? { topic: row.topic, messages: [] };
    batch.messages.push({ ...message, partition: partition({ topic: row.topic, partitionMetadata, message }) });
    batches.set(row.topic, batch);
  }
  return [...batches.values()];
}

/**
 * Why an answer does not prove that the whole batch was appended, or null when it does.
 *
 * kafkajs 2.2.4 resolves a send although the records of a partition whose leader moved meanwhile were never sent, so an
 * answer counts only when it names every partition sent, without error, with an offset above the last one seen there.
 * And only once: a partition named twice has its records twice.
 */
export function unprovenReason(
  sent: readonly PlacedBatch[],
  answer: readonly RecordMetadata[],
  lastOffsets: ReadonlyMap<string, bigint>,
): string | null {
  const answered = new Map(answer.map((entry) => [`${entry.topicName}/${entry.partition}`, entry]));
  if (answered.size < answer.length) return 'a partition is named twice: its records were appended twice';
  for (const place of placesOf(sent)) {
    const entry = answered.get(place);
    if (!entry) return `the answer does not name ${place}`;
    if (entry.errorCode !== 0) return `${place} answered error code ${entry.errorCode}`;
    const offset = BigInt(entry.baseOffset ?? -1);
    if (offset < 0n) return `${place} answered no offset`;
    if (offset <= (lastOffsets.get(place) ?? -1n))
      return `${place} answered offset ${offset}, not above the one before`;
  }
  return null;
}

/** The `topic/partition` places of a batch, once each. */
export function placesOf(batches: readonly PlacedBatch[]): Set<string> {
  return new Set(batches.flatMap(({ topic, messages }) => messages.map((m) => `${topic}/${m.partition}`)));
}

import type { TopicName, ValueOf } from '@tieout/canonical';

interface Decoder {
  decode<T extends TopicName>(topic: T, bytes: Buffer): ValueOf<T> | Promise<ValueOf<T>>;
}

/** The values that can be read, in order: the topics of a run are shared, and some tests write junk into them. */
export async function readable<T extends TopicName>(
  codec: Decoder,
  topic: T,
  raw: readonly Buffer[],
): Promise<ValueOf<T>[]> {
  const values = await Promise.allSettled(raw.map(async (bytes) => codec.decode(topic, bytes)));
  return values.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

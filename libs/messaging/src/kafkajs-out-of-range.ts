import { createRequire } from 'node:module';

interface FetchingGroup {
  recoverFromOffsetOutOfRange(error: Error): Promise<void>;
}

let fixed = false;

/**
 * When the log does not hold the offset any more, kafkajs goes to the first record that there is, and says nothing; when there
 * is none, nobody hears of it at all. Failing instead ends the consumer, and the next one finds at its position what is wrong.
 */
export function failOutOfRange(): void {
  if (fixed) return;
  const group = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as { prototype: FetchingGroup };
  group.prototype.recoverFromOffsetOutOfRange = (error) => Promise.reject(error);
  fixed = true;
}

import { createRequire } from 'node:module';

interface FetchedRange {
  readonly fetchedOffset: string;
  isEmptyDueToFiltering(): boolean;
  firstOffset(): string | null;
}

let fixed = false;

/**
 * kafkajs tells of a batch of control or aborted records alone by an event only, which names the first record that the broker
 * sent, not the offset that was asked for. Without that one cannot know whether such a batch follows what was read before.
 */
export function nameRangeOfEmptyBatches(): void {
  if (fixed) return;
  const batch = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as { prototype: FetchedRange };
  const firstOffset = batch.prototype.firstOffset;
  batch.prototype.firstOffset = function (this: FetchedRange) {
    return this.isEmptyDueToFiltering() ? this.fetchedOffset : firstOffset.call(this);
  };
  fixed = true;
}

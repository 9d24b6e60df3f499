import { createRequire } from 'node:module';

interface RequestQueue {
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

const PENDING_CHECK_MS = 10;
let fixed = false;

/**
 * kafkajs 2.2.4 re-arms a timer of at most 1 ms for ever, also when nothing is pending: 2,700 wake-ups a second for one
 * consumer and producer (tulios/kafkajs #1556, #1704, #1751). The check is needed only while a request waits.
 */
export function fixIdleTimerStorm(): void {
  if (fixed) return;
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: object };
  Object.assign(queue.prototype, { scheduleCheckPendingRequests });
  fixed = true;
}

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const throttledFor = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledFor > 0 ? throttledFor : PENDING_CHECK_MS,
  );
}

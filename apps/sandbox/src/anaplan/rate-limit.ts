/** A token bucket: `perMinute` calls a minute on average, with a tenth of them at once. */
export interface TokenBucket {
  /** Zero when the call may pass, else the whole seconds to wait. */
  take(atMs: number): number;
}

export function createTokenBucket(perMinute: number): TokenBucket {
  const capacity = Math.max(1, perMinute / 10);
  const perMs = perMinute / 60_000;
  let tokens = capacity;
  let seenMs = 0;
  return {
    take: (atMs) => {
      tokens = Math.min(capacity, tokens + Math.max(0, atMs - seenMs) * perMs);
      seenMs = atMs;
      if (tokens < 1) return Math.ceil((1 - tokens) / perMs / 1000);
      tokens -= 1;
      return 0;
    },
  };
}

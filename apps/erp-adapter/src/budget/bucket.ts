/** Calls that may go out: so many a second on average, `burst` at once. */
export interface Bucket {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is in the bucket after `seconds`, together with what a replica gives back. */
export function refilled(bucket: Bucket, tokens: number, seconds: number, givenBack: number): number {
  return Math.min(bucket.burst, tokens + Math.max(0, seconds) * bucket.perSecond + givenBack);
}

/** Whole calls that a replica takes for its next while: what it wants, no more than its part of the flow, at least one. */
export function portionOf(bucket: Bucket, tokens: number, wanted: number, replicas: number, seconds: number): number {
  const part = Math.max(1, Math.ceil((bucket.perSecond * seconds) / Math.max(1, replicas)));
  return Math.max(0, Math.min(Math.floor(tokens), wanted, part));
}

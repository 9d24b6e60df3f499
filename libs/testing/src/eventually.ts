import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 20 s. */
  readonly timeoutMs?: number;
  /** Default 50 ms. */
  readonly intervalMs?: number;
  /** What is awaited, or a look at how far it got; part of the error. */
  readonly describe?: string | (() => unknown);
}

/**
 * Waits until the predicate returns something truthy, and returns it. A predicate that throws counts as not yet.
 * @throws after the time limit, with the description and what the predicate said last
 */
export async function eventually<T>(
  predicate: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 50, describe = 'the condition' }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { value, error } = await attempt(predicate);
    if (value) return value;
    if (performance.now() > deadline) {
      const last = error === undefined ? `last value: ${show(value)}` : `last error: ${show(error)}`;
      throw new Error(`not within ${timeoutMs} ms: ${await explain(describe)} (${last})`, { cause: error });
    }
    await delay(intervalMs);
  }
}

async function attempt<T>(predicate: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await predicate() };
  } catch (error) {
    return { error: error ?? new Error('undefined was thrown') };
  }
}

async function explain(describe: string | (() => unknown)): Promise<string> {
  if (typeof describe === 'string') return describe;
  const { value, error } = await attempt(describe);
  return show(error ?? value);
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'undefined';
}

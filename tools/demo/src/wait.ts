import { setTimeout as sleep } from 'node:timers/promises';

/** Not there yet, with the sentence that says what is missing; a change of it counts as progress. */
export type Check<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly missing: string };

export interface WaitOptions {
  readonly what: string;
  /** Longest time in which `missing` does not change. */
  readonly patienceMs: number;
  readonly intervalMs?: number;
  readonly signal: AbortSignal;
  readonly onState: (missing: string) => void;
}

/** What was waited for did not come. */
export class WaitedInVain extends Error {
  readonly what: string;
  readonly missing: string;
  constructor(what: string, patienceMs: number, missing: string) {
    super(`${what}: nothing moved for ${patienceMs / 1000} s; ${missing}`);
    this.what = what;
    this.missing = missing;
  }
}

/**
 * Asks until it is there. A look that fails counts as "not yet, because of this error": services and vendors may be restarting.
 * @throws WaitedInVain naming what is missing; the signal's reason when aborted
 */
export async function until<T>(check: () => Promise<Check<T>>, options: WaitOptions): Promise<T> {
  let missing = '';
  let movedAt = performance.now();
  for (;;) {
    options.signal.throwIfAborted();
    const answer = await check().catch((error: unknown): Check<T> => ({
      done: false,
      missing: (error as Error).message,
    }));
    if (answer.done) return answer.value;
    if (answer.missing !== missing) movedAt = performance.now();
    missing = answer.missing;
    options.onState(missing);
    if (performance.now() - movedAt > options.patienceMs)
      throw new WaitedInVain(options.what, options.patienceMs, missing);
    await sleep(options.intervalMs ?? 300, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

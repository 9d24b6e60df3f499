import type { CallBudget, CallUse } from '@tieout/connector-erp';

const turns: readonly CallUse[] = ['process', 'read', 'backfill'];
/** Rounds of undisturbed calls after which one more at a time is tried. */
const ROUNDS_TO_GROW = 4;

/**
 * A budget of this process alone: `limit` calls at a time, half of them once the vendor says that it is too many, and back
 * one by one while it says nothing.
 */
export function createCallGate(limit: number): CallBudget {
  const waiting = createQueue();
  let allowed = limit;
  let running = 0;
  /** Calls that were under way when it was too much: what they report is the same news. */
  let stale = 0;
  let undisturbed = 0;

  const letIn = (): void => {
    while (running < allowed) {
      const enter = waiting.next();
      if (!enter) return;
      running += 1;
      enter();
    }
  };
  const left = (): void => {
    running -= 1;
    if (stale > 0) stale -= 1;
    undisturbed += 1;
    if (undisturbed >= ROUNDS_TO_GROW * allowed && allowed < limit) {
      allowed += 1;
      undisturbed = 0;
    }
    letIn();
  };

  return {
    async run(use, call, signal) {
      const place = waiting.add(use, signal);
      letIn();
      await place;
      try {
        return await call();
      } finally {
        left();
      }
    },
    overloaded() {
      undisturbed = 0;
      if (stale > 0) return;
      stale = running;
      allowed = Math.max(1, Math.floor(allowed / 2));
    },
  };
}

interface Queue {
  /** Waits until `next` has let it in. */
  add(use: CallUse, signal?: AbortSignal): Promise<void>;
  /** What lets the first one in: of the highest class, who came first. */
  next(): (() => void) | undefined;
}

function createQueue(): Queue {
  const waiting = new Map<CallUse, Set<() => void>>(turns.map((use) => [use, new Set()]));
  return {
    add: (use, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const queue = waiting.get(use)!;
        const leave = (): void => {
          queue.delete(enter);
          reject(signal!.reason as Error);
        };
        const enter = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        signal?.addEventListener('abort', leave, { once: true });
        queue.add(enter);
      }),
    next() {
      const queue = turns.map((use) => waiting.get(use)!).find(({ size }) => size > 0);
      const [first] = queue ?? [];
      if (first) queue!.delete(first);
      return first;
    },
  };
}

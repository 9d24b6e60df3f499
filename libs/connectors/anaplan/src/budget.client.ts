import { setTimeout as sleep } from 'node:timers/promises';

/** Paces calls: at most `perMinute` on average, with a twentieth of them at once. */
export interface Budget {
  /** Resolves when the next call may go out; callers are served in the order in which they asked. */
  admit(): Promise<void>;
  /** Lets no call out for that long: what the vendor asks for with a 429. */
  pause(milliseconds: number): void;
}

export function createBudget(perMinute: number): Budget {
  const gapMs = 60_000 / perMinute;
  const burstMs = gapMs * Math.max(1, perMinute / 20);
  // The moment up to which calls are paid for: it may lag behind now by one burst, never more.
  let paidUntil = 0;
  let turn: Promise<void> = Promise.resolve();
  const wait = async (): Promise<void> => {
    paidUntil = Math.max(paidUntil, Date.now() - burstMs) + gapMs;
    const delay = paidUntil - Date.now();
    if (delay > 0) await sleep(delay);
  };
  return {
    admit: () => (turn = turn.then(wait)),
    pause: (milliseconds) => void (paidUntil = Math.max(paidUntil, Date.now() + milliseconds)),
  };
}

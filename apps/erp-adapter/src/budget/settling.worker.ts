import { performance } from 'node:perf_hooks';

/** Work that is done over and over, one at a time: after a pause, or sooner when somebody asks. */
export interface Repeated {
  /** Sooner than planned, but no closer to the last one than the smallest gap. */
  soon(): void;
  /** Resolves once nothing runs any more. */
  stop(): Promise<void>;
}

/** `work` answers the milliseconds until the next time; Infinity: not before `soon`. It must not throw. */
export function repeatedly(work: () => Promise<number>, smallestGapMs: number): Repeated {
  let lastStart = -Infinity;
  let dueAt = Infinity;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let stopped = false;
  const plan = (at: number): void => {
    if (stopped || at >= dueAt) return;
    dueAt = at;
    if (running === null) arm();
  };
  const arm = (): void => {
    clearTimeout(timer);
    if (stopped || dueAt === Infinity) return;
    timer = setTimeout(start, Math.max(0, dueAt - performance.now()));
  };
  const start = (): void => {
    dueAt = Infinity;
    lastStart = performance.now();
    running = work().then((pauseMs) => {
      running = null;
      plan(performance.now() + pauseMs);
      arm();
    });
  };
  return {
    soon: () => plan(Math.max(performance.now(), lastStart + smallestGapMs)),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

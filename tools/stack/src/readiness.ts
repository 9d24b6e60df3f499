import { setTimeout as delay } from 'node:timers/promises';
import { type Guardian, tail } from './guardian-client.ts';

/** A server could not be started on its port because something else listens there: another port is worth a try. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

const POLL_MS = 100;
const PORT_TAKEN = /address already in use|could not bind|port .* (already in use|in use by)|BindException/i;

/** Waits until the check passes; rejects as soon as the process ends, with the end of its log, or after the time limit. */
export async function untilReady(
  guardian: Guardian,
  process: { readonly name: string; readonly logFile: string },
  check: () => Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check().catch(() => false))) {
    const log = tail(process.logFile);
    if (!guardian.isRunning(process.name)) {
      if (PORT_TAKEN.test(log)) throw new PortTakenError(`${process.name} found its port taken`);
      throw new Error(`${process.name} ended while it started:\n${log}`);
    }
    if (Date.now() > deadline) throw new Error(`${process.name} was not ready within ${timeoutMs} ms:\n${log}`);
    await delay(POLL_MS);
  }
}

/** Starts again with other ports when another program was quicker to bind one. */
export async function withFreshPorts<T>(start: (attempt: number) => Promise<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(attempt);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt >= attempts) throw error;
    }
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();
const ACCEPTED = /^[A-Za-z0-9._:-]{1,128}$/;

/** Runs `fn` with this correlation id on every log line written inside it, also after awaits. */
export function withCorrelation<T>(id: string, fn: () => T): T {
  return storage.run(id, fn);
}

/** The correlation id of the current flow, if any. */
export function currentCorrelation(): string | undefined {
  return storage.getStore();
}

/** An id from outside is kept only when it is short and plain: it goes into logs and headers. */
export function acceptCorrelation(offered: unknown): string {
  return typeof offered === 'string' && ACCEPTED.test(offered) ? offered : randomUUID();
}

import { setTimeout as sleep } from 'node:timers/promises';
import { DataError } from '@tieout/messaging';
import { createBudget } from './budget.client.ts';
import type { AnaplanConfig } from './config.ts';
import { retryAfterMs, toError } from './failure.client.ts';
import { type Answer, send } from './http.client.ts';
import { createTokenSource } from './token.client.ts';

/** A refused call was not carried out, so these are repeated here; a call without an answer never is. */
const ATTEMPTS_WHEN_LIMITED = 4;
const PAGE_SIZE = 5_000;

/** Authorised, paced calls to the model of a configuration. Paths are below the model's. The signal ends every call. */
export interface Api {
  call(name: string, method: string, path: string, body?: Uint8Array | string, contentType?: string): Promise<Answer>;
  /** The object under `key` of the answer's envelope. */
  object<T>(name: string, method: string, path: string, key: string, body?: string): Promise<T>;
  /** The whole answer, for the calls whose envelope holds more than one thing. */
  body<T>(name: string, method: string, path: string, body?: string): Promise<T>;
  /** Every item of a collection that comes in one answer; an empty one has no key. */
  list<T>(name: string, path: string, key: string): Promise<readonly T[]>;
  /** Every item of a collection, page by page. */
  collection<T>(name: string, path: string, key: string): Promise<T[]>;
  /** Asks with growing pauses until `done` says so, or null when the time limit has passed. */
  poll<T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T | null>;
}

export function createApi(config: AnaplanConfig): (signal?: AbortSignal) => Api {
  const attempt = authorised(config);
  return (signal) => apiOf(config, repeated(attempt, signal));
}

function apiOf(config: AnaplanConfig, call: Api['call']): Api {
  const body = async <T>(name: string, method: string, path: string, sent?: string): Promise<T> =>
    parse(name, (await call(name, method, path, sent)).text) as T;
  return {
    call,
    object: async (name, method, path, key, sent) => pick(name, await body(name, method, path, sent), key),
    body,
    list: async <T>(name: string, path: string, key: string) =>
      (await body<Record<string, readonly T[] | undefined>>(name, 'GET', path))[key] ?? [],
    collection: (name, path, key) => collect(call, name, path, key),
    poll: (ask, done) => pollUntil(config, ask, done),
  };
}

type Attempt = (name: string, path: string, init: RequestInit, contentType: string) => Promise<Answer>;

function authorised(config: AnaplanConfig): Attempt {
  const tokens = createTokenSource(config);
  const budget = createBudget(config.requestsPerMinute);
  const model = `${config.apiUrl}/workspaces/${config.workspaceId}/models/${config.modelId}`;
  return async (name, path, init, contentType) => {
    const token = await tokens.current();
    await budget.admit();
    const headers = { authorization: `AnaplanAuthToken ${token}`, 'content-type': contentType };
    const answer = await send(name, `${model}${path}`, { ...init, headers }, config.timeoutMs);
    if (answer.status === 401) tokens.refused(token);
    if (answer.status === 429) budget.pause(retryAfterMs(answer.retryAfter));
    return answer;
  };
}

/** Repeats what was refused without being carried out: one new sign-in, and calls over the budget. */
function repeated(attempt: Attempt, signal: AbortSignal | undefined): Api['call'] {
  return async (name, method, path, body, contentType = 'application/json') => {
    const init: RequestInit = { method };
    if (body !== undefined) init.body = body as string;
    if (signal !== undefined) init.signal = signal;
    let signedInAgain = false;
    for (let tries = 1; ; tries += 1) {
      const answer = await attempt(name, path, init, contentType);
      if (answer.status < 300) return answer;
      const again = answer.status === 401 ? !signedInAgain : answer.status === 429 && tries < ATTEMPTS_WHEN_LIMITED;
      if (!again) throw toError(name, answer.status, answer.text, answer.retryAfter);
      signedInAgain ||= answer.status === 401;
    }
  };
}

async function collect<T>(call: Api['call'], name: string, path: string, key: string): Promise<T[]> {
  const items: T[] = [];
  for (;;) {
    const joint = path.includes('?') ? '&' : '?';
    const answer = await call(name, 'GET', `${path}${joint}limit=${PAGE_SIZE}&offset=${items.length}`);
    const body = parse(name, answer.text) as { meta?: { paging?: { totalSize?: number } } } & Record<string, unknown>;
    // An empty collection has no key at all.
    const page = (body[key] ?? []) as T[];
    items.push(...page);
    if (page.length === 0 || items.length >= (body.meta?.paging?.totalSize ?? 0)) return items;
  }
}

function pick<T>(name: string, body: Record<string, unknown>, key: string): T {
  const value = body[key];
  if (value === undefined) throw new DataError('anaplan-answer', `Anaplan ${name}: the answer has no ${key}`);
  return value as T;
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError('anaplan-answer', `Anaplan ${name}: the answer is not JSON`, { cause });
  }
}

async function pollUntil<T>(
  config: AnaplanConfig,
  ask: () => Promise<T>,
  done: (value: T) => boolean,
): Promise<T | null> {
  const deadline = Date.now() + config.taskTimeoutMs;
  for (let pause = Math.min(50, config.pollMs); ; pause = Math.min(pause * 2, config.pollMs)) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() >= deadline) return null;
    await sleep(pause);
  }
}

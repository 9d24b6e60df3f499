import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeUnknown, TransientError } from '@tieout/messaging';
import type { NetSuiteConfig } from './config.ts';
import { failureOf, toError } from './failure.client.ts';
import { authorizationHeader } from './token-auth.ts';

export interface Request {
  /** For messages and metrics, e.g. `upsert customer`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/services/rest` on. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  /** The body's JSON, or null. Numbers in it are binary floats: amounts are read by SuiteQL, which sends text. */
  readonly json: unknown;
  readonly location: string | null;
  /** The server's clock when it answered. */
  readonly date: Date;
}

export type Send = (request: Request) => Promise<Answer>;

const busyAttempts = 4;

/** Signed calls, at most `concurrency` at once. Throws TransientError, DataError or MisconfiguredError and nothing else. */
export function createSender(config: NetSuiteConfig): Send {
  const gate = createGate(config.concurrency);
  let loggedInOnce = false;
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await gate(() => exchange(config, request));
      if (answer.status < 300) {
        loggedInOnce = true;
        return answer;
      }
      // Too many calls at once show as 429, and in the wild as a 401 after logins that worked: neither changed anything.
      const underLoad = answer.status === 429 || (answer.status === 401 && loggedInOnce && attempt === 1);
      if (!underLoad || attempt >= busyAttempts) {
        const call = { name: request.name, writes: writes(request), loggedInOnce };
        throw toError(call, failureOf(answer.status, answer.json));
      }
      await sleep(
        100 * 2 ** attempt * (0.5 + Math.random()),
        undefined,
        request.signal ? { signal: request.signal } : {},
      );
    }
  };
}

async function exchange(config: NetSuiteConfig, request: Request): Promise<Answer> {
  const url = new URL(`${config.url}/services/rest${request.path}`);
  const nonce = randomBytes(16).toString('hex');
  const timestamp = Math.floor(Date.now() / 1000);
  const limit = AbortSignal.timeout(config.timeoutMs);
  try {
    const response = await fetch(url, {
      method: request.method,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
        authorization: authorizationHeader(config, { method: request.method, url, nonce, timestamp }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ? AbortSignal.any([limit, request.signal]) : limit,
    });
    const text = await response.text();
    const date = new Date(response.headers.get('date') ?? Date.now());
    return { status: response.status, json: parsed(text), location: response.headers.get('location'), date };
  } catch (cause) {
    throw unanswered(request, cause);
  }
}

/** No answer to a write: it may have been done. A refused connection was never a call. */
function unanswered(request: Request, cause: unknown): TransientError {
  const reason = (cause as { cause?: { code?: string } }).cause?.code ?? (cause as Error).message;
  const text = `NetSuite ${request.name}: no answer (${reason})`;
  const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(reason);
  if (writes(request) && !neverSent) return outcomeUnknown(text, { cause });
  return new TransientError('netsuite-unreachable', text, { cause });
}

/** A query is a POST, too, and changes nothing. */
function writes({ name, method }: Request): boolean {
  return method !== 'GET' && !name.startsWith('query');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An error page of a proxy, or an empty 204; the status says enough.
  }
}

/** Lets `limit` calls through at a time, the rest wait their turn. */
function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

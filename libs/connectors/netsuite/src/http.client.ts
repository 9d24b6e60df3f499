import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBudget, CallUse } from '@tieout/connector-erp';
import { outcomeUnknown, TransientError } from '@tieout/messaging';
import { readBody } from './body.client.ts';
import { createCallGate } from './call-gate.ts';
import type { NetSuiteConfig } from './config.ts';
import { failureOf, toError } from './failure.client.ts';
import { createSignIn, type SignIn } from './sign-in.client.ts';

export interface Request {
  /** For messages and metrics, e.g. `upsert customer`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/services/rest` on. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Whose turn it is in the budget; by default that of a process for writes and of reading for the rest. */
  readonly use?: CallUse | undefined;
  /** A code of refusal that is an answer here. */
  readonly expects?: string;
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

export interface SendOptions {
  /** Lets calls through; by default a gate of this process alone with `concurrency` places. */
  readonly budget?: CallBudget;
  readonly signIn?: SignIn;
}

/** What came back, and how it was asked for. */
interface Exchange extends Answer {
  readonly text: string;
  readonly header: string;
}

const busyAttempts = 4;

/** What becomes of an answer. */
type Reaction = 'done' | 'sign in again' | 'slower' | 'give up';

/** How often one request was tried, and why again. */
interface Tries {
  attempt: number;
  signedInAgain: boolean;
  doubted: boolean;
}

/** Signed calls within the budget. Throws TransientError, DataError or MisconfiguredError and nothing else. */
export function createSender(config: NetSuiteConfig, options: SendOptions = {}): Send {
  const budget = options.budget ?? createCallGate(config.concurrency);
  const signIn = options.signIn ?? createSignIn(config);
  let loggedInOnce = false;
  const reactionTo = ({ status, header }: Exchange, tries: Tries): Reaction => {
    if (status < 300) return 'done';
    if (status === 401 && !tries.signedInAgain && signIn.refused(header)) return 'sign in again';
    // Too many calls at once show as 429, and in the wild as a 401 after logins that worked: neither changed anything.
    const underLoad = status === 429 || (status === 401 && loggedInOnce && !tries.doubted);
    return underLoad && tries.attempt < busyAttempts ? 'slower' : 'give up';
  };
  const once = async (request: Request, tries: Tries): Promise<Exchange & { readonly reaction: Reaction }> => {
    const answer = await exchange(config, signIn, request);
    const reaction = reactionTo(answer, tries);
    // Said before the place is given back, so that nobody takes it.
    if (reaction === 'slower') budget.overloaded?.();
    return { ...answer, reaction };
  };
  return async (request) => {
    const tries: Tries = { attempt: 1, signedInAgain: false, doubted: false };
    for (;;) {
      const answer = await budget.run(useOf(request), () => once(request, tries), request.signal);
      switch (answer.reaction) {
        case 'done':
          loggedInOnce = true;
          return answer;
        case 'sign in again':
          tries.signedInAgain = true;
          continue;
        case 'slower':
          tries.doubted ||= answer.status === 401;
          await backOff(tries.attempt++, request.signal);
          continue;
        case 'give up': {
          const failure = failureOf(answer.status, answer.json, answer.text);
          if (failure.code === request.expects) return answer;
          throw toError({ name: request.name, writes: writes(request), loggedInOnce }, failure);
        }
      }
    }
  };
}

async function backOff(attempt: number, signal?: AbortSignal): Promise<void> {
  await sleep(100 * 2 ** attempt * (0.5 + Math.random()), undefined, signal && { signal });
}

function useOf(request: Request): CallUse {
  return request.use ?? (writes(request) ? 'process' : 'read');
}

async function exchange(config: NetSuiteConfig, signIn: SignIn, request: Request): Promise<Exchange> {
  const url = new URL(`${config.url}/services/rest${request.path}`);
  const header = await signIn.header({ method: request.method, url });
  const limit = AbortSignal.timeout(config.timeoutMs);
  try {
    const response = await fetch(url, {
      method: request.method,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
        authorization: header,
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ? AbortSignal.any([limit, request.signal]) : limit,
    });
    const text = await readBody(response);
    const date = new Date(response.headers.get('date') ?? Date.now());
    const location = response.headers.get('location');
    return { status: response.status, json: parsed(text), text, location, date, header };
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

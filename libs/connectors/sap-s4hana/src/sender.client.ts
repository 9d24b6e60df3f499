import { setTimeout as sleep } from 'node:timers/promises';
import type { CallBudget, CallUse } from '@tieout/connector-erp';
import { MisconfiguredError, outcomeUnknown, TransientError } from '@tieout/messaging';
import { createAuthorization, type Authorization } from './authorization.client.ts';
import type { SapConfig } from './config.ts';
import { toError } from './failure.client.ts';
import { failureOf } from './failure.ts';
import { createTransport, NoAnswer, type Transport, type WireAnswer, type WireRequest } from './http.client.ts';
import { retryAfterMs } from './retry-after.ts';
import { createSession, tokenOf, wantsToken, type Session, type WriteCredentials } from './session.client.ts';

export interface Call {
  /** For messages: `create A_SalesOrder`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Root of the service, with its slash: where a token is fetched. */
  readonly service: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It changes something. A `$batch` of reads is a POST and does not. */
  readonly writes: boolean;
  readonly use: CallUse;
  readonly signal?: AbortSignal | undefined;
}

export interface Sender {
  /** An answer below 400. Throws TransientError, DataError or MisconfiguredError and nothing else. */
  send(call: Call): Promise<WireAnswer>;
  close(): void;
}

const busyAttempts = 4;
/** Whoever is told to wait longer gives his place to others. */
const longestWaitMs = 5_000;

/** Calls with login, session and token, each in a place of the account's budget. */
export function createSender(config: SapConfig, budget: CallBudget): Sender {
  const transport = createTransport(config);
  const authorization = createAuthorization(config, transport);
  const session = createSession();
  const exchange = createExchange({ config, budget, transport, authorization, session });
  return {
    async send(call) {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await exchange(call);
        if (answer.status < 400) return whole(call, answer);
        const wait = waitOf(answer, attempt);
        if (wait === null) throw failed(call, answer);
        await sleep(wait, undefined, call.signal ? { signal: call.signal } : {}).catch(() => {
          throw failed(call, answer);
        });
      }
    },
    close: () => transport.close(),
  };
}

function failed(call: Call, answer: WireAnswer): Error {
  const retryAfter = retryAfterMs(answer.headers['retry-after'], answer.date);
  return toError({ ...call, retryAfterMs: retryAfter }, failureOf(answer.status, answer.text));
}

/** Too many calls: nothing was done. A 503 alone may come from a gateway that lost the system in the middle of a call. */
function isBusy({ status, headers }: WireAnswer): boolean {
  return status === 429 || (status === 503 && headers['retry-after'] !== undefined);
}

/** Milliseconds until the same call may go out again, null when it must not by itself. */
function waitOf(answer: WireAnswer, attempt: number): number | null {
  const asked = retryAfterMs(answer.headers['retry-after'], answer.date);
  if (!isBusy(answer) || attempt >= busyAttempts || (asked ?? 0) > longestWaitMs) return null;
  return asked ?? 100 * 2 ** attempt * (0.5 + Math.random());
}

/** An answer of which a part is missing says nothing; what the call did, nobody knows. */
function whole(call: Call, answer: WireAnswer): WireAnswer {
  if (!answer.tooLong) return answer;
  const text = `SAP ${call.name}: an answer beyond all bounds`;
  throw call.writes
    ? outcomeUnknown(text)
    : new MisconfiguredError('sap-answer-too-large', `${text}: lower \`pageSize\` of the instance`);
}

interface Parts {
  readonly config: SapConfig;
  readonly budget: CallBudget;
  readonly transport: Transport;
  readonly authorization: Authorization;
  readonly session: Session;
}

/** One answer to a call; a login or token that has grown old is renewed once, which changes nothing. */
function createExchange(parts: Parts): (call: Call) => Promise<WireAnswer> {
  const { session, authorization } = parts;
  const once = async (call: Call): Promise<WireAnswer> => {
    const protect = call.method !== 'GET';
    const login = await authorization.header();
    const credentials = protect ? await session.forWrite(() => fetchToken(parts, call)) : null;
    const answer = await placed(parts, call, login, credentials);
    session.learn(answer);
    if (answer.status === 401 && login !== null) authorization.refused(login);
    if (credentials !== null && wantsToken(answer)) session.refused(credentials);
    return answer;
  };
  // After a restart of the system both are over, and show one after the other.
  const staleOf = (answer: WireAnswer): 'session' | 'login' | null => {
    if (wantsToken(answer)) return 'session';
    return answer.status === 401 && authorization.renewable ? 'login' : null;
  };
  return async (call) => {
    const renewed = new Set<string>();
    for (;;) {
      const answer = await once(call);
      const stale = staleOf(answer);
      if (stale === null || renewed.has(stale)) return answer;
      renewed.add(stale);
    }
  };
}

/** HEAD on the root of the service; a few services know no HEAD there. */
async function fetchToken(parts: Parts, call: Call): Promise<WireAnswer> {
  const { body: _body, headers: _headers, ...bare } = call;
  const fetching: Call = { ...bare, name: `token for ${call.name}`, url: call.service, method: 'GET', writes: false };
  const asked = { ...fetching, headers: { 'x-csrf-token': 'Fetch' } };
  const head = await loggedIn(parts, asked, 'HEAD');
  // A token counts whatever came with it.
  if (tokenOf(head) !== '') return head;
  if (head.status === 401) throw failed(asked, head);
  const get = await loggedIn(parts, asked, 'GET');
  if (tokenOf(get) === '' && get.status >= 400) throw failed(asked, get);
  return get;
}

async function loggedIn(parts: Parts, call: Call, method: 'HEAD' | 'GET'): Promise<WireAnswer> {
  const { authorization } = parts;
  const login = await authorization.header();
  const answer = await placed(parts, call, login, null, method);
  if (answer.status !== 401 || login === null || !authorization.renewable) return answer;
  authorization.refused(login);
  return placed(parts, call, await authorization.header(), null, method);
}

async function placed(
  { config, budget, transport, session }: Parts,
  call: Call,
  login: string | null,
  credentials: WriteCredentials | null,
  method: WireRequest['method'] = call.method,
): Promise<WireAnswer> {
  const cookie = credentials?.cookie ?? session.cookie();
  const request: WireRequest = {
    method,
    url: call.url,
    headers: {
      accept: 'application/json',
      'accept-language': config.language,
      dataserviceversion: '2.0',
      maxdataserviceversion: '2.0',
      ...(config.client ? { 'sap-client': config.client } : {}),
      ...(login ? { authorization: login } : {}),
      ...(cookie ? { cookie } : {}),
      ...(credentials?.token ? { 'x-csrf-token': credentials.token } : {}),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: call.body }),
    timeoutMs: config.timeoutMs,
    signal: call.signal,
  };
  try {
    return await budget.run(
      call.use,
      async () => {
        const answer = await transport.send(request);
        // Said before the place is given back, so that nobody takes it.
        if (isBusy(answer)) budget.overloaded?.();
        return answer;
      },
      call.signal,
    );
  } catch (cause) {
    if (cause instanceof NoAnswer) throw unanswered(call, cause);
    if (call.signal?.aborted !== true) throw cause;
    throw new TransientError('sap-unreachable', `SAP ${call.name}: given up while waiting for a place`, { cause });
  }
}

/** No answer to a write: it may have been done. A refused connection was never a call. */
function unanswered(call: Call, cause: NoAnswer): TransientError {
  const text = `SAP ${call.name}: no answer (${cause.message})`;
  if (call.writes && !cause.neverSent) return outcomeUnknown(text, { cause });
  return new TransientError('sap-unreachable', text, { cause });
}

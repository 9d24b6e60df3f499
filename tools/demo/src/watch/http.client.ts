/** A service cannot be reached, or answers with an error; the message says which and what it said. */
export class NoAnswer extends Error {
  /** Status of HTTP; null when there was no answer at all. */
  readonly status: number | null;
  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const LIMIT_MS = 10_000;

export interface GuardedCall {
  /** Null where the question is open to anybody. */
  readonly token: string | null;
  /** Default GET. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
  /** How long an answer may take, default ten seconds. */
  readonly limitMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws NoAnswer when nobody answers in time */
export async function get(url: string, init: RequestInit = {}, limitMs = LIMIT_MS): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    throw new NoAnswer(`${new URL(url).origin} does not answer (${reason})`, null, { cause: error });
  }
}

/** @throws NoAnswer also for an answer of 400 or more, with the message and the advice that it carries */
export async function getJson(url: string): Promise<unknown> {
  return jsonOf(url, await get(url));
}

/** Calls a guarded endpoint. @throws NoAnswer as getJson does; status 401 and 403 say that it is about the token */
export async function callGuarded(url: string, call: GuardedCall): Promise<unknown> {
  return jsonIn(await textGuarded(url, call));
}

/** The same for what is no JSON. */
export async function textGuarded(url: string, call: GuardedCall): Promise<string> {
  const { token, method = 'GET', limitMs } = call;
  const sent = sentBy(call);
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(sent !== null && { 'content-type': sent.type }),
  };
  return textOf(url, await get(url, { method, headers, ...(sent !== null && { body: sent.body }) }, limitMs));
}

function sentBy({
  body,
  content,
}: GuardedCall): { readonly type: string; readonly body: string | Uint8Array<ArrayBuffer> } | null {
  if (content !== undefined) return { type: content.type, body: new Uint8Array(content.bytes) };
  return body === undefined ? null : { type: 'application/json', body: JSON.stringify(body) };
}

function jsonOf(url: string, answer: Answer): unknown {
  return jsonIn(textOf(url, answer));
}

const jsonIn = (text: string): unknown => (text === '' ? null : JSON.parse(text));

function textOf(url: string, { status, text }: Answer): string {
  if (status >= 400) throw new NoAnswer(errorText(text) ?? `${url} answers ${status}`, status);
  return text;
}

function errorText(text: string): string | null {
  try {
    const { message, action } = JSON.parse(text) as { message?: string; action?: string };
    return message === undefined ? null : [message, action].filter(Boolean).join(' ');
  } catch {
    return null;
  }
}

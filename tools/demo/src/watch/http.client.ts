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

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws NoAnswer when nobody answers in ten seconds */
export async function get(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    throw new NoAnswer(`${new URL(url).origin} does not answer (${reason})`, null, { cause: error });
  }
}

/** @throws NoAnswer also for an answer of 400 or more, with the message and the advice that it carries */
export async function getJson(url: string): Promise<unknown> {
  const { status, text } = await get(url);
  if (status < 400) return JSON.parse(text);
  throw new NoAnswer(errorText(text) ?? `${url} answers ${status}`, status);
}

function errorText(text: string): string | null {
  try {
    const { message, action } = JSON.parse(text) as { message?: string; action?: string };
    return message === undefined ? null : [message, action].filter(Boolean).join(' ');
  } catch {
    return null;
  }
}

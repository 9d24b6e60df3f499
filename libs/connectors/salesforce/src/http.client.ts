import { TransientError } from '@tieout/messaging';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or null when there is none. */
  readonly body: unknown;
  /** The server's clock, when it states it. */
  readonly date: Date | null;
}

/** One HTTP call with a limit on its whole duration. @throws TransientError when there is no answer */
export async function send(call: string, url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    const text = await response.text();
    const date = new Date(response.headers.get('date') ?? '');
    return { status: response.status, body: parsed(text), date: Number.isNaN(date.getTime()) ? null : date };
  } catch (cause) {
    const { name, message } = cause as Error;
    const reason = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : message;
    throw new TransientError('salesforce-unreachable', `Salesforce ${call}: ${reason}`, { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An error page of a proxy; the status says enough.
  }
}

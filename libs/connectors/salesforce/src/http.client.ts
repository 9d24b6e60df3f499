import { TransientError } from '@tieout/messaging';

export interface Answer {
  readonly status: number;
  /** Parsed JSON with every number as its source text, or null when there is none. */
  readonly body: unknown;
  /** An instant by the server's clock, when it states that: not after the call was sent, so not after what it read. */
  readonly askedAt: Date | null;
}

/** One HTTP call with a limit on its whole duration. @throws TransientError when there is no answer */
export async function send(call: string, url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const sent = performance.now();
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    const text = await response.text();
    // The header tells when the answer began; taking off the whole duration of the call leads before its beginning.
    const askedAt = Date.parse(response.headers.get('date') ?? '') - Math.ceil(performance.now() - sent);
    const { status } = response;
    return { status, body: parsed(text), askedAt: Number.isNaN(askedAt) ? null : new Date(askedAt) };
  } catch (cause) {
    const { name, message } = cause as Error;
    const reason = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : message;
    throw new TransientError('salesforce-unreachable', `Salesforce ${call}: ${reason}`, { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, exactNumber);
  } catch {
    return null; // An error page of a proxy; the status says enough.
  }
}

/** No binary float touches an amount: a number stays the text that it was sent as. */
function exactNumber(_key: string, value: unknown, ...[context]: readonly { readonly source: string }[]): unknown {
  return typeof value === 'number' ? context!.source : value;
}

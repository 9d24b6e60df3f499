import { TransientError } from '@tieout/messaging';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/** One HTTP call with a limit on its whole duration. @throws TransientError when there is no answer */
export async function send(call: string, url: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    const { name, message } = cause as Error;
    const reason = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : message;
    throw new TransientError('anaplan-unreachable', `Anaplan ${call}: ${reason}`, { cause });
  }
}

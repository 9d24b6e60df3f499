import { DataError, MisconfiguredError, outcomeUnknown, TransientError } from '@tieout/messaging';

/** What came back when a call failed: HTTP status and NetSuite's code and words. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads the error envelope; several details become one message, the first one's code decides. `text`: what came if it is no JSON. */
export function failureOf(status: number, body: unknown, text = ''): Failure {
  const details = (body as { 'o:errorDetails'?: unknown } | null)?.['o:errorDetails'];
  const list = Array.isArray(details) ? (details as Record<string, unknown>[]) : [];
  const words = list.map((d) =>
    [d['detail'], d['o:errorPath']].filter((part) => typeof part === 'string').join(' at '),
  );
  const code = list[0]?.['o:errorCode'];
  return {
    status,
    code: typeof code === 'string' ? code : `HTTP_${status}`,
    message: words.join('; ').slice(0, 1000) || text.replaceAll(/\s+/g, ' ').slice(0, 200).trim() || 'no details',
  };
}

/** What is known of the call that failed. */
export interface FailedCall {
  readonly name: string;
  /** It would have changed something. */
  readonly writes: boolean;
  /** An earlier call of this client was let in. */
  readonly loggedInOnce: boolean;
}

/** The one place where NetSuite's errors become ours. */
export function toError({ name, writes, loggedInOnce }: FailedCall, { status, code, message }: Failure): Error {
  const text = `NetSuite ${name}: ${code} ${message}`;
  // Under load NetSuite doubts logins that worked: to stop for good on its word would need a person for nothing.
  if (status === 401 && loggedInOnce) return new TransientError('netsuite-login-doubted', text);
  switch (code) {
    case 'CONCURRENCY_LIMIT_EXCEEDED':
    case 'REQUEST_LIMIT_EXCEEDED':
    case 'SSS_REQUEST_LIMIT_EXCEEDED': // RESTlets say it with a 400.
      return new TransientError('netsuite-busy', text);
    case 'INVALID_LOGIN':
      return new MisconfiguredError('netsuite-login-refused', text);
    case 'INSUFFICIENT_PERMISSION':
    case 'INVALID_HEADER':
    case 'INVALID_URL':
      return new MisconfiguredError('netsuite-api-refused', text);
    case 'NONEXISTENT_ID':
      return new DataError('netsuite-not-found', text);
    case 'USER_ERROR': // Every business rule there is: closed period, inactive item, credit limit.
      // A person can open the period or name another; that it is this rule only its words say.
      return new DataError(/accounting period/i.test(message) ? 'netsuite-period-closed' : 'netsuite-rejected', text);
    case 'NONEXISTENT_FIELD':
    case 'INVALID_CONTENT':
    case 'INVALID_PARAMETER':
      return new DataError('netsuite-rejected', text);
  }
  // It broke down on the way, or a gateway gave up waiting: the record may have been written.
  if (writes && (status === 408 || status >= 500)) return outcomeUnknown(text);
  if (status === 429 || status === 408 || status >= 500) return new TransientError('netsuite-unavailable', text);
  if (status === 401 || status === 403) return new MisconfiguredError('netsuite-login-refused', text);
  return new DataError('netsuite-rejected', text);
}

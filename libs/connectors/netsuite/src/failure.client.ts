import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';

/** What came back when a call failed: HTTP status and NetSuite's code and words. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads the error envelope; several details become one message, the first one's code decides. */
export function failureOf(status: number, body: unknown): Failure {
  const details = (body as { 'o:errorDetails'?: unknown } | null)?.['o:errorDetails'];
  const list = Array.isArray(details) ? (details as Record<string, unknown>[]) : [];
  const words = list.map((d) =>
    [d['detail'], d['o:errorPath']].filter((part) => typeof part === 'string').join(' at '),
  );
  const code = list[0]?.['o:errorCode'];
  return {
    status,
    code: typeof code === 'string' ? code : `HTTP_${status}`,
    message: words.join('; ').slice(0, 1000) || 'no details',
  };
}

/** The one place where NetSuite's errors become ours. */
export function toError(call: string, { status, code, message }: Failure): Error {
  const text = `NetSuite ${call}: ${code} ${message}`;
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
    case 'NONEXISTENT_FIELD':
    case 'INVALID_CONTENT':
    case 'INVALID_PARAMETER':
      return new DataError('netsuite-rejected', text);
  }
  if (status === 429 || status === 408 || status >= 500) return new TransientError('netsuite-unavailable', text);
  if (status === 401 || status === 403) return new MisconfiguredError('netsuite-login-refused', text);
  return new DataError('netsuite-rejected', text);
}

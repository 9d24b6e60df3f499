import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';

/** What came back when a call failed: HTTP status and the vendor's code and words. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads both error shapes: the REST API's array and the token endpoint's object. */
export function failureOf(status: number, body: unknown): Failure {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const fields = (typeof first === 'object' && first !== null ? first : {}) as Record<string, unknown>;
  const code = String(fields['errorCode'] ?? fields['error'] ?? `HTTP_${status}`);
  const message = String(fields['message'] ?? fields['error_description'] ?? 'no message');
  return { status, code, message: message.slice(0, 500) };
}

/** The one place where Salesforce's errors become ours. */
export function toError(call: string, { status, code, message }: Failure): Error {
  const text = `Salesforce ${call}: ${code} ${message}`;
  switch (code) {
    case 'REQUEST_LIMIT_EXCEEDED': // The daily allowance comes back hour by hour.
      return new TransientError('salesforce-request-limit', text, { retryAfterMs: 60_000 });
    case 'UNABLE_TO_LOCK_ROW':
    case 'SERVER_UNAVAILABLE':
    case 'QUERY_TIMEOUT':
    case 'CONCURRENT_REQUESTS_LIMIT_EXCEEDED':
      return new TransientError('salesforce-busy', text);
    case 'INVALID_SESSION_ID': // Met again right after a new token: the session is refused, not expired.
    case 'invalid_grant':
    case 'invalid_client':
    case 'invalid_client_id':
    case 'invalid_app_access':
    case 'unsupported_grant_type':
      return new MisconfiguredError('salesforce-login-refused', text);
    case 'INVALID_FIELD':
    case 'INVALID_TYPE':
    case 'MALFORMED_QUERY':
    case 'NOT_FOUND': // No call of ours names a record in its path: it is the API version.
    case 'API_DISABLED_FOR_ORG':
    case 'INSUFFICIENT_ACCESS':
      return new MisconfiguredError('salesforce-api-refused', text);
  }
  if (status === 408 || status === 420 || status === 429 || status >= 500)
    return new TransientError('salesforce-unavailable', text);
  if (status === 401 || status === 403) return new MisconfiguredError('salesforce-login-refused', text);
  return new DataError('salesforce-rejected', text);
}

import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';

/** The one place where Anaplan's refusals become ours. `retryAfter` is the header's text. */
export function toError(call: string, status: number, body: string, retryAfter: string | null): Error {
  const text = `Anaplan ${call}: ${status} ${body.slice(0, 500)}`;
  switch (status) {
    case 429: // The vendor's advice when it names no time is ten seconds.
      return new TransientError('anaplan-rate-limited', text, { retryAfterMs: retryAfterMs(retryAfter) });
    case 401:
    case 403:
      return new MisconfiguredError('anaplan-login-refused', text);
    case 404: // Also what a user without access sees.
      return new MisconfiguredError('anaplan-not-found', text);
    case 408:
    case 409: // Model busy with a conflicting action.
    case 423: // Locked for maintenance.
      return new TransientError('anaplan-busy', text);
    case 422: // Archived.
      return new MisconfiguredError('anaplan-model-offline', text);
  }
  return status >= 500 ? new TransientError('anaplan-unavailable', text) : new DataError('anaplan-rejected', text);
}

/** Milliseconds of a `Retry-After` in seconds; ten seconds when there is none. */
export function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,4}$/.test(header.trim()) ? Number(header) * 1000 : 10_000;
}

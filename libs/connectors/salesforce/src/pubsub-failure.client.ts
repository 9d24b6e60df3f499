import { status, type ServiceError } from '@grpc/grpc-js';
import { DataError, MisconfiguredError, TransientError } from '@tieout/messaging';

/** Codes of the failures that a reader of events answers by more than trying again. */
export const SESSION_ENDED = 'salesforce-session-ended';
export const REPLAY_LOST = 'salesforce-replay-lost';

const PATIENCE_MS = 60_000;
const REPLAY_CODES = /\.subscription\.fetch\.replayid\.(corrupted|validation\.failed)$/;

/** The one place where the Pub/Sub API's errors become ours. */
export function toPubSubError(call: string, error: ServiceError): Error {
  const code = String(error.metadata?.get('error-code')[0] ?? '');
  const text = `Salesforce ${call}: ${[status[error.code], code, error.details].filter(Boolean).join(' ').slice(0, 500)}`;
  const options = { cause: error };
  if (REPLAY_CODES.test(code)) return new TransientError(REPLAY_LOST, text, options);
  switch (error.code) {
    case status.UNAUTHENTICATED:
      return new TransientError(SESSION_ENDED, text, options);
    case status.RESOURCE_EXHAUSTED: // The daily allowance of events, or too many subscribers.
      return new TransientError('salesforce-request-limit', text, { ...options, retryAfterMs: PATIENCE_MS });
    case status.NOT_FOUND:
    case status.PERMISSION_DENIED:
    case status.UNIMPLEMENTED:
      return new MisconfiguredError('salesforce-topic-refused', text, options);
    case status.INVALID_ARGUMENT:
      return new DataError('salesforce-rejected', text, options);
    default:
      return new TransientError('salesforce-unavailable', text, options);
  }
}

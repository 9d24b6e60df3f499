/**
 * What the caller should do, said by the class; `code` is from a closed, documented vocabulary and is what code compares.
 * Anything that is not one of these is a bug: few tries, then dead letter with its stack.
 */
abstract class MessagingError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Try again later: the partition pauses, nothing is lost, nothing is dead-lettered. */
export class TransientError extends MessagingError {
  /** Milliseconds the other side asked us to wait, when it said so. */
  readonly retryAfterMs: number | null;
  constructor(code: string, message: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

/** The data is wrong and stays wrong: dead letter at once. */
export class DataError extends MessagingError {}

/** The set-up is wrong: stop and page, nothing moves until a person acts. */
export class MisconfiguredError extends MessagingError {}

/** SQLSTATE classes that say "the same statement may succeed later": connection, resources, operator intervention, lock, serialization. */
const TRANSIENT_SQLSTATE = /^(08|53|57P|57014|25P0[34]|40|55P03)/;
const TRANSIENT_NODE_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'],
]);
/** TypeORM and pg hide the SQLSTATE when a backend dies inside a transaction; only the text is left (measured with typeorm 1.1.1, pg 8.23.1). */
const TRANSIENT_TEXT =
  /Query runner already released|QueryRunnerAlreadyReleased|Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/i;

export type ErrorKind = 'transient' | 'data' | 'misconfigured' | 'bug';

/** Sorts any thrown value into the one decision the caller has to take. */
export function errorKind(error: unknown): ErrorKind {
  if (error instanceof TransientError) return 'transient';
  if (error instanceof DataError) return 'data';
  if (error instanceof MisconfiguredError) return 'misconfigured';
  return isTransientInfrastructure(error) ? 'transient' : 'bug';
}

function isTransientInfrastructure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (TRANSIENT_SQLSTATE.test(code) || TRANSIENT_NODE_CODES.has(code) || TRANSIENT_TEXT.test(error.message))
    return true;
  return 'driverError' in error && isTransientInfrastructure(error.driverError);
}

/** The code of one of ours, or a stable stand-in for a foreign error. */
export function errorCode(error: unknown): string {
  return error instanceof MessagingError ? error.code : 'unclassified';
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

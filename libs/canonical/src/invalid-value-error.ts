export type InvalidValueCode =
  'invalid-decimal' | 'too-many-decimals' | 'unknown-currency' | 'invalid-date' | 'invalid-period' | 'invalid-id';

/** A text that is not what it should be; `code` is what callers compare. Callers that consume turn it into a DataError. */
export class InvalidValueError extends Error {
  readonly code: InvalidValueCode;
  constructor(code: InvalidValueCode, message: string) {
    super(message);
    this.code = code;
    this.name = 'InvalidValueError';
  }
}

const SECRET_KEY =
  /authorization|password|passwd|secret|token|signature|api[-_]?key|private[-_]?key|cookie|credential|sasl|consumer[-_]?key/i;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const BEARER = /\b(bearer|basic|oauth)\s+[a-z0-9._~+/=-]{8,}/gi;
/** A JWT, also one that was cut off: its first part is JSON, so it begins like this. */
const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g;
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
const MAX_TEXT = 8_192;

export const REDACTED = '***';

/** Hides passwords in URLs, authorization schemes and JWTs inside free text, and bounds its length. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return bounded.replace(URL_PASSWORD, `$1:${REDACTED}@`).replace(BEARER, `$1 ${REDACTED}`).replace(JWT, REDACTED);
}

/**
 * A copy of a log record without secrets: values under a secret-looking key become `***` at any depth, text is
 * scrubbed, bigints become text, errors keep type, code, message, stack and cause only (HTTP clients hang whole requests on
 * their errors). Bounded in depth and width, so that logging a huge or cyclic object is cheap.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (depth >= MAX_DEPTH) return '<deeper>';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  return redactRecord(value, depth);
}

function redactRecord(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, isSecret(key, item) ? REDACTED : redact(item, depth + 1)]),
  );
}

function isSecret(key: string, value: unknown): boolean {
  return SECRET_KEY.test(key) && value !== null && value !== undefined && typeof value !== 'boolean';
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...(error.cause !== undefined && depth < MAX_DEPTH ? { cause: redact(error.cause, depth + 1) } : {}),
  };
}

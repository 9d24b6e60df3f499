import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and nothing optional, so that equal values give equal text. bigint is written as its digits, bytes
 * as base64; absent (`undefined`) properties are left out.
 * @throws TypeError for what has no exact text (NaN, Date, functions, class instances)
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (typeof value === 'object' && isPlain(value)) return objectJson(value);
  throw new TypeError(`No canonical JSON for ${typeof value === 'object' ? value.constructor.name : String(value)}`);
}

/** SHA-256 in hex over the canonical JSON. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function isPlain(value: object): value is Record<string, unknown> {
  // Not the prototype: the codec decodes into generated record classes. Date, Map and their like have tags of their own.
  return Object.prototype.toString.call(value) === '[object Object]';
}

function objectJson(value: Record<string, unknown>): string {
  const entries = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${entries.join(',')}}`;
}

import { gunzipSync } from 'node:zlib';
import { ApiError } from './envelope.ts';

const MAX_CHUNK_BYTES = 50 * 1024 * 1024;

/** JSON whose numbers stay the text that was sent: an amount never becomes a binary floating point number. */
export function parseExactJson(text: string): unknown {
  const keepSource = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  try {
    return JSON.parse(text, keepSource);
  } catch {
    throw new ApiError(400, 'Malformed JSON request body');
  }
}

/** The object in a JSON body. */
export function bodyObject(body: unknown): Record<string, unknown> {
  const parsed = typeof body === 'string' && body !== '' ? parseExactJson(body) : {};
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ApiError(400, 'Body must be an object');
  return parsed as Record<string, unknown>;
}

/** The array in a JSON body, of at most `limit` objects. */
export function bodyArray(value: unknown, limit: number): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new ApiError(400, 'Body must be an array');
  if (value.length > limit) throw new ApiError(413, `No more than ${limit} entries are accepted`);
  return value.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {}));
}

/** The bytes of one chunk; a gzip chunk is its own archive, unpacked no further than the vendor's chunk size. */
export function chunkBytes(body: unknown, contentType: string): Buffer {
  const sent = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (!/gzip/.test(contentType)) return sent;
  try {
    return gunzipSync(sent, { maxOutputLength: MAX_CHUNK_BYTES });
  } catch {
    throw new ApiError(400, 'Chunk is not a gzip archive');
  }
}

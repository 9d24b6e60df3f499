/** A page of a query is some megabytes. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
/** Error pages of proxies come in any size; what is of use stands at their beginning. */
const LARGEST_ERROR = 64 * 1024;

/**
 * The text of an answer. Of an error the beginning is enough.
 * @throws Error of an answer that is too large, or that ended before its length
 */
export async function readBody(response: Response): Promise<string> {
  const limit = response.ok ? LARGEST_ANSWER : LARGEST_ERROR;
  const parts: Uint8Array[] = [];
  let size = 0;
  const body = (response.body ?? []) as AsyncIterable<Uint8Array> | readonly Uint8Array[];
  // Leaving the loop ends the transfer.
  for await (const part of body) {
    parts.push(part);
    size += part.byteLength;
    if (size <= limit) continue;
    if (response.ok) throw new Error(`an answer of more than ${limit} bytes`);
    break;
  }
  return Buffer.concat(parts).subarray(0, limit).toString('utf8');
}

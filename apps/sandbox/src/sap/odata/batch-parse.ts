import { malformed } from './refusals.ts';

/** One request inside a batch. */
export interface PartRequest {
  readonly method: string;
  /** As written: relative to the service, a path of the host, or a whole address. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** By which later requests of the change set refer to it. */
  readonly contentId: string | null;
}

export type Part =
  | { readonly kind: 'request'; readonly request: PartRequest }
  | { readonly kind: 'change-set'; readonly requests: readonly PartRequest[] };

/** Splits a batch; lines end with CRLF and nothing else. @throws SapError 400 */
export function parseBatch(contentType: string, body: string): Part[] {
  return splitMultipart(boundaryOf(contentType), body).map((entity) => {
    const { headers, rest } = parseHeaders(entity);
    const type = headers['content-type'] ?? '';
    if (!isMultipart(type)) return { kind: 'request', request: parseRequest(headers, rest) };
    const requests = splitMultipart(boundaryOf(type), rest).map((inner) => {
      const part = parseHeaders(inner);
      return parseRequest(part.headers, part.rest);
    });
    return { kind: 'change-set', requests };
  });
}

function isMultipart(type: string): boolean {
  return /^multipart\/mixed\b/i.test(type);
}

function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (!isMultipart(contentType) || !match) throw broken('multipart/mixed with a boundary expected');
  return match[1] ?? match[2]!;
}

function splitMultipart(boundary: string, body: string): string[] {
  const escaped = boundary.replace(/[^A-Za-z0-9]/g, '\\$&');
  const delimiter = new RegExp(`\\r\\n--${escaped}(--)?[ \\t]*(?=\\r\\n|$)`, 'g');
  // The first delimiter may stand at the very beginning.
  const text = `\r\n${body}`;
  const marks = [...text.matchAll(delimiter)];
  const last = marks.findIndex(([, closing]) => closing !== undefined);
  if (last < 0) throw broken(`no closing delimiter '--${boundary}--' after CRLF`);
  return marks.slice(0, last).map((mark, n) => text.slice(mark.index + mark[0].length + 2, marks[n + 1]!.index));
}

/** Header lines up to an empty line, and what follows it. */
function parseHeaders(text: string): { headers: Record<string, string>; rest: string } {
  const headers: Record<string, string> = {};
  let at = 0;
  while (true) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) throw broken('an empty line must end the headers');
    const line = text.slice(at, end);
    at = end + 2;
    if (line === '') return { headers, rest: text.slice(at) };
    const match = /^([A-Za-z0-9-]+):[ \t]*([^\r\n]*)$/.exec(line);
    if (!match) throw broken(`invalid header line '${line.slice(0, 60)}'`);
    headers[match[1]!.toLowerCase()] = match[2]!.trim();
  }
}

function parseRequest(part: Readonly<Record<string, string>>, text: string): PartRequest {
  if (!/^application\/http\b/i.test(part['content-type'] ?? '')) throw broken('application/http expected');
  const end = text.indexOf('\r\n');
  const line = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(text.slice(0, Math.max(end, 0)));
  if (!line) throw broken('invalid request line');
  const { headers, rest } = parseHeaders(text.slice(end + 2));
  const contentId = headers['content-id'] ?? part['content-id'] ?? null;
  return { method: line[1]!, target: line[2]!, headers, body: bodyOf(headers['content-length'], rest), contentId };
}

/** A stated length counts bytes, and what is beyond it is padding. */
function bodyOf(length: string | undefined, rest: string): string {
  if (length === undefined) return rest;
  const bytes = Buffer.from(rest);
  if (!/^\d{1,9}$/.test(length) || Number(length) > bytes.length) throw broken('Content-Length exceeds the part');
  return bytes.subarray(0, Number(length)).toString();
}

function broken(reason: string): Error {
  return malformed(`Malformed batch request: ${reason}`, `Fehlerhafte Batch-Anfrage: ${reason}`);
}

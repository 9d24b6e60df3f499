/*
 * multipart/mixed as OData V2 uses it for `$batch`. Lines end in CR LF, boundaries stand at the beginning of a line, and the
 * line end before a boundary belongs to the boundary.
 */

export type Headers = Readonly<Record<string, string>>;

export interface MimePart {
  /** By lower-case name. */
  readonly headers: Headers;
  readonly body: string;
}

export interface HttpPart {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const crlf = '\r\n';

/** `multipart/mixed` of these parts, each headers and body as they are. */
export function writeMultipart(boundary: string, parts: readonly string[]): string {
  return `${parts.map((part) => `--${boundary}${crlf}${part}${crlf}`).join('')}--${boundary}--${crlf}`;
}

/** A request as a part; the headers of the part say how to read it. */
export function writeRequest(method: string, url: string, headers: Headers, body: string, part: Headers = {}): string {
  return [
    ...lines({ 'Content-Type': 'application/http', 'Content-Transfer-Encoding': 'binary', ...part }),
    '',
    `${method} ${url} HTTP/1.1`,
    ...lines(headers),
    '',
    body,
  ].join(crlf);
}

function lines(headers: Headers): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

/** Of a Content-Type; null when it is no multipart. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/mixed\s*;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2] ?? null;
}

/** The parts, or null when the closing boundary is missing: the answer was cut off. */
export function readMultipart(boundary: string, text: string): readonly MimePart[] | null {
  const escaped = boundary.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  // What follows a boundary on its line is padding; a longer word is another boundary.
  const delimiter = new RegExp(String.raw`\r\n--${escaped}(--)?[ \t]*(?=\r\n|$)`);
  const [, ...pieces] = `${crlf}${text}`.split(delimiter);
  // Alternating: closes or not, and what comes after.
  const parts: MimePart[] = [];
  for (let n = 0; n < pieces.length; n += 2) {
    if (pieces[n] === '--') return parts;
    parts.push(readPart((pieces[n + 1] ?? '').slice(crlf.length)));
  }
  return null;
}

/** The answer inside a part of type application/http; null when it is none. */
export function readHttp(text: string): HttpPart | null {
  const match = /^\s*HTTP\/\d(?:\.\d)? (\d{3})[^\r\n]*\r\n/.exec(text);
  if (match === null) return null;
  return { status: Number(match[1]), ...readPart(text.slice(match[0].length)) };
}

function readPart(text: string): MimePart {
  // No header at all: the empty line comes at once.
  if (text.startsWith(crlf)) return { headers: {}, body: text.slice(crlf.length) };
  const end = text.indexOf(crlf + crlf);
  const [head, body] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2 * crlf.length)];
  const headers = head.split(crlf).map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  return { headers: Object.fromEntries(headers), body };
}

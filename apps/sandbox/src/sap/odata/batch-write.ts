import { STATUS_CODES } from 'node:http';
import type { ODataAnswer } from './exchange.ts';

export interface PartAnswer extends ODataAnswer {
  readonly contentId: string | null;
}

/** The answers of a change set, or the one answer of a request or of a change set that failed. */
export type AnsweredPart = readonly PartAnswer[] | PartAnswer;

/** A batch's answer as multipart/mixed. `newBoundary` gives a text that no content holds. */
export function writeBatch(
  parts: readonly AnsweredPart[],
  newBoundary: () => string,
): { boundary: string; body: string } {
  const boundary = newBoundary();
  const entities = parts.map((part) => {
    if (!isList(part)) return httpPart(part);
    const inner = newBoundary();
    const body = multipart(inner, part.map(httpPart));
    return lines([
      `Content-Type: multipart/mixed; boundary=${inner}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ]);
  });
  return { boundary, body: multipart(boundary, entities) };
}

function isList(part: AnsweredPart): part is readonly PartAnswer[] {
  return Array.isArray(part);
}

function httpPart({ status, headers, body, contentId }: PartAnswer): string {
  const message = lines([
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ]);
  return lines([
    'Content-Type: application/http',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'content-transfer-encoding: binary',
    ...(contentId === null ? [] : [`Content-ID: ${contentId}`]),
    '',
    message,
  ]);
}

function multipart(boundary: string, entities: readonly string[]): string {
  return lines([...entities.flatMap((entity) => [`--${boundary}`, entity]), `--${boundary}--`, '']);
}

function lines(parts: readonly string[]): string {
  return parts.join('\r\n');
}

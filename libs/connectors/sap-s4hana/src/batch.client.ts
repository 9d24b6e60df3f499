import { randomBytes } from 'node:crypto';
import { outcomeUnknown, TransientError } from '@tieout/messaging';
import { entityPath, queryString, shapeString, type Without } from './address.ts';
import { pageOfAnswer, rowOfAnswer } from './answer.client.ts';
import { toError } from './failure.client.ts';
import { failureOf } from './failure.ts';
import type { WireAnswer } from './http.client.ts';
import { boundaryOf, readHttp, readMultipart, writeMultipart, writeRequest, type HttpPart } from './multipart.ts';
import type { BatchPart, BatchResult, Change, Written } from './odata.ts';
import { messagesOf } from './sap-message.ts';

export interface BatchRequest {
  readonly contentType: string;
  readonly body: string;
}

const accept = { Accept: 'application/json' };

/** Body of a `$batch`: reads stand in it directly, the writes of a change set in a multipart of their own. */
export function writeBatch(parts: readonly BatchPart[], without: Without): BatchRequest {
  const unique = randomBytes(12).toString('hex');
  const boundary = `batch_${unique}`;
  const sections = parts.map((part, n) => {
    if (part.kind === 'get')
      return read(`${entityPath(part.set, part.key)}${shapeString(part.set, part.shape ?? {}, without)}`);
    if (part.kind === 'query') return read(`${part.set}${queryString(part.set, part.query, without)}`);
    const inner = `changeset_${n + 1}_${unique}`; // never the beginning of the other
    const changes = writeMultipart(inner, part.changes.map(writeChange));
    return `Content-Type: multipart/mixed; boundary=${inner}\r\n\r\n${changes}`;
  });
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: writeMultipart(boundary, sections) };
}

function read(url: string): string {
  return writeRequest('GET', url, accept, '');
}

function writeChange(change: Change, n: number): string {
  const method = { create: 'POST', update: 'PATCH', remove: 'DELETE' }[change.kind];
  const url = change.kind === 'create' ? change.set : entityPath(change.set, change.key);
  const match = change.kind !== 'create' && change.etag !== null ? { 'If-Match': change.etag } : {};
  const body = bodyOf(change);
  const length = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
  const headers = { ...accept, ...match, ...(body === '' ? {} : length) };
  return writeRequest(method, url, headers, body, { 'Content-ID': String(n + 1) });
}

function bodyOf(change: Change): string {
  if (change.kind === 'remove') return '';
  return JSON.stringify(change.kind === 'create' ? change.body : change.changes);
}

/**
 * The answer is 202 however its parts fared, so each is looked at. An answer that cannot be told apart into exactly the parts
 * that were sent leaves the writes in doubt.
 */
export function readBatch(call: string, parts: readonly BatchPart[], answer: WireAnswer): readonly BatchResult[] {
  const boundary = boundaryOf(answer.headers['content-type']);
  const sections = boundary === null ? null : readMultipart(boundary, answer.text);
  if (sections?.length !== parts.length) throw unreadable(call, parts, answer.text);
  return sections.map(({ headers, body }, n) => {
    const part = parts[n];
    if (part === undefined) throw unreadable(call, parts, answer.text);
    const inner = boundaryOf(headers['content-type']);
    try {
      if (part.kind === 'change-set') return changed(call, part.changes, inner, body);
      return readResult(call, part, httpOf(call, parts, body), answer.date);
    } catch (error) {
      return { kind: 'failed', error: error as Error };
    }
  });
}

function readResult(
  call: string,
  part: Exclude<BatchPart, { readonly kind: 'change-set' }>,
  { status, body }: HttpPart,
  date: Date,
): BatchResult {
  const name = `${call} ${part.kind} ${part.set}`;
  const failure = status < 400 ? null : failureOf(status, body);
  if (part.kind === 'get' && failure?.status === 404 && failure.fromService) return { kind: 'get', row: null };
  if (failure !== null) throw toError({ name, writes: false, retryAfterMs: null }, failure);
  return part.kind === 'get'
    ? { kind: 'get', row: rowOfAnswer(name, body) }
    : { kind: 'query', page: pageOfAnswer(name, body, date) };
}

/** A change set that failed is one error in place of all its answers, in a multipart of its own or without. */
function changed(call: string, changes: readonly Change[], inner: string | null, body: string): BatchResult {
  const sections = inner === null ? [{ body }] : readMultipart(inner, body);
  const answers = sections?.map((section) => readHttp(section.body)) ?? [];
  const name = `${call} change set`;
  const failed = answers.find((answer) => answer !== null && answer.status >= 400);
  if (failed) throw toError({ name, writes: true, retryAfterMs: null }, failureOf(failed.status, failed.body));
  if (answers.length !== changes.length || answers.includes(null))
    throw outcomeUnknown(`SAP ${name}: ${answers.length} answers to ${changes.length} writes`);
  return { kind: 'changed', written: answers.flatMap((answer) => (answer === null ? [] : [writtenOf(name, answer)])) };
}

function writtenOf(name: string, { status, headers, body }: HttpPart): Written {
  return {
    row: status === 204 || body.trim() === '' ? null : rowOfAnswer(name, body),
    messages: messagesOf(headers['sap-message']),
  };
}

function httpOf(call: string, parts: readonly BatchPart[], body: string): HttpPart {
  const http = readHttp(body);
  if (http === null) throw unreadable(call, parts, body);
  return http;
}

function unreadable(call: string, parts: readonly BatchPart[], text: string): TransientError {
  const message = `SAP ${call}: not the answers to ${parts.length} parts: ${JSON.stringify(text.slice(0, 100))}`;
  const writes = parts.some(({ kind }) => kind === 'change-set');
  return writes ? outcomeUnknown(message) : new TransientError('sap-not-json', message);
}

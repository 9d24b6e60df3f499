import { errorCode } from '@tieout/messaging';
import { describe, expect, it } from 'vitest';
import { readBatch, writeBatch } from './batch.client.ts';
import type { WireAnswer } from './http.client.ts';
import { boundaryOf, readHttp, readMultipart, writeMultipart } from './multipart.ts';
import type { BatchPart } from './odata.ts';

const parts: readonly BatchPart[] = [
  { kind: 'query', set: 'A_SalesOrder', query: { filter: "SalesOrder eq '1'", select: ['SalesOrder', 'Missing'] } },
  {
    kind: 'change-set',
    changes: [
      { kind: 'create', set: 'A_SalesOrder', body: { SoldToParty: 'Zürich' } },
      { kind: 'update', set: 'A_SalesOrder', key: '7', changes: { X: '1' }, etag: 'W/"1"' },
    ],
  },
  { kind: 'get', set: 'A_SalesOrder', key: '2' },
];

const http = (status: string, body: string, headers = ''): string =>
  `Content-Type: application/http\r\nContent-Length: 9\r\ncontent-transfer-encoding: binary\r\n\r\nHTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
const set = (...answers: string[]): string =>
  `Content-Type: multipart/mixed; boundary=cs\r\n\r\n${writeMultipart('cs', answers)}`;
const answer = (sections: string[], contentType = 'multipart/mixed; boundary="b 1"'): WireAnswer => ({
  status: 202,
  headers: { 'content-type': contentType },
  text: writeMultipart('b 1', sections),
  tooLong: false,
  date: new Date('2026-01-31T10:00:00Z'),
});
const results = '{"d":{"results":[{"SalesOrder":"1"}]}}';
const order = (n: number): string => `{"d":{"SalesOrder":"${n}"}}`;
const refusal = '{"error":{"code":"V1/302","message":{"lang":"en","value":"No sales area"}}}';

describe('what goes out', () => {
  const { contentType, body } = writeBatch(parts, { A_SalesOrder: ['Missing'] });
  const sections = readMultipart(boundaryOf(contentType) ?? '', body) ?? [];

  it('has CR LF at the end of every line and ends with the closing boundary', () => {
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(body.endsWith(`--${boundaryOf(contentType)}--\r\n`)).toBe(true);
  });

  it('reads directly and closes the request with an empty line', () => {
    expect(sections[0]?.headers).toEqual({ 'content-type': 'application/http', 'content-transfer-encoding': 'binary' });
    expect(sections[0]?.body).toBe(
      "GET A_SalesOrder?$select=SalesOrder&$filter=SalesOrder%20eq%20'1' HTTP/1.1\r\nAccept: application/json\r\n\r\n",
    );
  });

  it('writes inside a multipart of its own, with lengths in bytes', () => {
    const inner = readMultipart(boundaryOf(sections[1]?.headers['content-type']) ?? '', sections[1]?.body ?? '') ?? [];
    expect(inner.map(({ headers }) => headers['content-id'])).toEqual(['1', '2']);
    expect(inner[0]?.body).toContain('POST A_SalesOrder HTTP/1.1\r\n');
    expect(inner[0]?.body).toContain(
      `Content-Length: ${Buffer.byteLength('{"SoldToParty":"Zürich"}')}\r\n\r\n{"SoldToParty":"Zürich"}`,
    );
    expect(inner[1]?.body).toContain("PATCH A_SalesOrder('7') HTTP/1.1\r\n");
    expect(inner[1]?.body).toContain('If-Match: W/"1"\r\n');
  });
});

describe('what comes back', () => {
  const read = (wire: WireAnswer) => readBatch('batch', parts, wire);

  it('is one result for each part', () => {
    const message = 'sap-message: {"code":"V4/1","message":"Check price","severity":"warning"}\r\n';
    const changes = set(http('201 Created', order(9), message), http('204 No Content', ''));
    const [query, changed, one] = read(answer([http('200 OK', results), changes, http('200 OK', order(2))]));
    expect(query).toMatchObject({ kind: 'query', page: { rows: [{ SalesOrder: '1' }], next: null } });
    expect(changed).toEqual({
      kind: 'changed',
      written: [
        {
          row: { SalesOrder: '9' },
          messages: [{ code: 'V4/1', severity: 'warning', text: 'Check price', target: '' }],
        },
        { row: null, messages: [] },
      ],
    });
    expect(one).toEqual({ kind: 'get', row: { SalesOrder: '2' } });
  });

  it.each([
    ['in place of the multipart', http('400 Bad Request', refusal)],
    ['as the only part of it', set(http('400 Bad Request', refusal))],
    ['beside a success that was rolled back', set(http('201 Created', order(9)), http('400 Bad Request', refusal))],
  ])('is a failed change set when its one error stands %s', (_where, changes) => {
    const [query, failed, one] = read(answer([http('200 OK', results), changes, http('200 OK', order(2))]));
    expect([query?.kind, one?.kind]).toEqual(['query', 'get']);
    expect(failed?.kind === 'failed' && [errorCode(failed.error), failed.error.message]).toEqual([
      'sap-rejected',
      'SAP batch change set: V1/302 No sales area',
    ]);
  });

  it('is in doubt when a change set answers fewer writes than it had, though each is a success', () => {
    const [, changed] = read(
      answer([http('200 OK', results), set(http('201 Created', order(9))), http('200 OK', order(2))]),
    );
    expect(changed?.kind === 'failed' && errorCode(changed.error)).toBe('outcome-unknown');
  });

  it('may fail in one read and not in the others', () => {
    const missing = '{"error":{"code":"X/1","message":{"value":"Resource not found"}}}';
    const [query, , one] = read(
      answer([
        http('400 Bad Request', refusal),
        set(http('201 Created', order(9)), http('204 No Content', '')),
        http('404 Not Found', missing),
      ]),
    );
    expect(query?.kind === 'failed' && errorCode(query.error)).toBe('sap-rejected');
    expect(one).toEqual({ kind: 'get', row: null });
  });

  it.each([
    ['parts are missing', answer([http('200 OK', results)])],
    ['it was cut off', { ...answer([]), text: answer([http('200 OK', results)]).text.slice(0, -6) }],
    ['it is no multipart', answer([], 'text/html')],
  ])('leaves the writes in doubt when %s', (_what, wire) => {
    expect(() => read(wire)).toThrow(expect.objectContaining({ code: 'outcome-unknown' }));
  });

  it('is merely asked again when nothing was to be written', () => {
    const reads = parts.filter(({ kind }) => kind !== 'change-set');
    expect(() => readBatch('batch', reads, answer([]))).toThrow(expect.objectContaining({ code: 'sap-not-json' }));
  });
});

it('a boundary inside a line is text, and a part may have no headers', () => {
  const sections = readMultipart('b', '--b\r\n\r\nsee --b\r\n--b  \r\nA: 1\r\n\r\nx\r\n\r\ny\r\n--b--\r\nafter');
  expect(sections).toEqual([
    { headers: {}, body: 'see --b' },
    { headers: { a: '1' }, body: 'x\r\n\r\ny' },
  ]);
});

it('an answer without headers or reason is read', () => {
  expect(readHttp('HTTP/1.1 204 \r\n\r\n')).toEqual({ status: 204, headers: {}, body: '' });
  expect(readHttp('<html/>')).toBeNull();
});

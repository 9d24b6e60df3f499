import { describe, expect, it } from 'vitest';
import { parseBatch } from './batch-parse.ts';
import { writeBatch } from './batch-write.ts';

const type = 'multipart/mixed; boundary=b';
const lines = (...parts: string[]): string => parts.join('\r\n');
const http = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];

describe('a batch that comes in', () => {
  it('has reads and change sets in their order', () => {
    const body = lines(
      '--b',
      ...http,
      '',
      'GET A_X?$top=1 HTTP/1.1',
      'Accept: application/json',
      '',
      '',
      '--b',
      'Content-Type: multipart/mixed; boundary="b1"',
      '',
      '--b1',
      ...http,
      'Content-ID: 7',
      '',
      'POST A_X HTTP/1.1',
      'Content-Type: application/json',
      'Content-Length: 9',
      '',
      '{"A":"ü"}padding',
      '--b1--',
      '',
      '--b--',
      'epilogue',
    );
    // ü is two bytes: a length that counts characters would take one too many.
    expect(parseBatch(type, body.replace('Length: 9', 'Length: 10'))).toEqual([
      {
        kind: 'request',
        request: {
          method: 'GET',
          target: 'A_X?$top=1',
          headers: { accept: 'application/json' },
          body: '',
          contentId: null,
        },
      },
      {
        kind: 'change-set',
        requests: [
          {
            method: 'POST',
            target: 'A_X',
            headers: { 'content-type': 'application/json', 'content-length': '10' },
            body: '{"A":"ü"}',
            contentId: '7',
          },
        ],
      },
    ]);
  });

  it.each([
    ['another content type', 'application/json', lines('--b--')],
    ['no boundary', 'multipart/mixed', lines('--b--')],
    ['no end', type, lines('--b', ...http, '', 'GET A_X HTTP/1.1', '', '')],
    ['a part of another type', type, lines('--b', 'Content-Type: text/plain', '', 'GET A_X HTTP/1.1', '', '', '--b--')],
    ['no request line', type, lines('--b', ...http, '', 'A_X', '', '', '--b--')],
    ['no empty line after the headers', type, lines('--b', ...http, '', 'GET A_X HTTP/1.1', '--b--')],
    ['a line end that is no CRLF', type, lines('--b', ...http, '', 'GET A_X HTTP/1.1\nAccept: x', '', '', '--b--')],
    [
      'a body shorter than it says',
      type,
      lines('--b', ...http, '', 'POST A HTTP/1.1', 'Content-Length: 9', '', '{}', '--b--'),
    ],
  ])('is refused for %s', (_name, contentType, body) => {
    expect(() => parseBatch(contentType, body)).toThrow(/^Malformed batch request/);
  });

  it('may be empty', () => {
    expect(parseBatch(type, lines('--b--', ''))).toEqual([]);
  });
});

it('answers exactly: CRLF, lengths in bytes, a change set as a multipart of its own', () => {
  let n = 0;
  const answer = { status: 201, headers: { 'content-type': 'application/json' }, body: '"ü"', contentId: '1' };
  const failed = { status: 400, headers: {}, body: '', contentId: null };
  const message = lines('HTTP/1.1 201 Created', 'content-type: application/json', 'content-length: 4', '', '"ü"');
  const inner = lines(
    '--b2',
    'Content-Type: application/http',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'content-transfer-encoding: binary',
    'Content-ID: 1',
    '',
    message,
    '--b2--',
    '',
  );
  expect(writeBatch([[answer], failed], () => `b${++n}`)).toEqual({
    boundary: 'b1',
    body: lines(
      '--b1',
      'Content-Type: multipart/mixed; boundary=b2',
      `Content-Length: ${Buffer.byteLength(inner)}`,
      '',
      inner,
      '--b1',
      'Content-Type: application/http',
      'Content-Length: 47',
      'content-transfer-encoding: binary',
      '',
      lines('HTTP/1.1 400 Bad Request', 'content-length: 0', '', ''),
      '--b1--',
      '',
    ),
  });
});

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetSuiteClient, type NetSuiteClient } from './client.ts';
import { netsuiteConfig } from './config.ts';

/** Whatever stands between us and the vendor may answer in its place; the next call gets what is put here. */
let answer: (response: ServerResponse) => void;
let server: Server;
let erp: NetSuiteClient;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const secrets = { account: 'a', consumerKey: 'a', consumerSecret: 'a', tokenKey: 'a', tokenSecret: 'a' };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  erp = createNetSuiteClient(netsuiteConfig.parse({ url, ...secrets }));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const says =
  (status: number, type: string, body: string) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-type': type }).end(body);
const json = 'application/vnd.oracle.resource+json; type=collection';
const xml = '<?xml version="1.0"?><error><code>E</code></error>';
const read = (): Promise<unknown> => erp.currencyIds();
const write = (): Promise<unknown> => erp.upsertRecord('customer', 'C1', {});

const cut = (status: number, body: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': json, 'content-length': String(body.length + 100) });
  response.write(body, () => response.socket?.destroy());
};
const tenMegabytes = 'x'.repeat(10 * 1024 * 1024);

describe('an answer that is not the vendor’s', () => {
  it.each([
    ['XML where JSON was asked', says(200, 'text/xml', xml), 'TransientError', 'netsuite-answer-unreadable'],
    [
      'JSON that ends in the middle',
      says(200, json, '{"items":[{"id"'),
      'TransientError',
      'netsuite-answer-unreadable',
    ],
    ['JSON of another shape', says(200, json, '{"rows":[]}'), 'DataError', 'netsuite-answer'],
    ['a row without its key', says(200, json, '{"items":[{"x":"1"}],"hasMore":false}'), 'DataError', 'netsuite-answer'],
    ['a body shorter than its length', cut(200, '{"items":['), 'TransientError', 'netsuite-unreachable'],
    ['an error in XML', says(400, 'text/xml', xml), 'DataError', 'netsuite-rejected'],
    ['an error page of 10 MB', says(502, 'text/html', tenMegabytes), 'TransientError', 'netsuite-unavailable'],
    [
      'a page that wants a person to log in',
      says(403, 'text/html', '<html>'),
      'MisconfiguredError',
      'netsuite-login-refused',
    ],
    ['a redirection', says(302, 'text/html', ''), 'TransientError', 'netsuite-unreachable'],
  ])('to a read: %s', async (_name, given, name, code) => {
    answer = given;
    const error = (await read().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name, code });
    expect(error.message.length).toBeLessThan(1500);
  });

  it.each([
    ['XML that says yes', says(200, 'text/xml', xml), 'outcome-unknown'],
    ['a body shorter than its length', cut(204, ''), 'outcome-unknown'],
    ['an error page of 10 MB', says(503, 'text/html', tenMegabytes), 'outcome-unknown'],
    ['a refusal in XML', says(400, 'text/xml', xml), 'netsuite-rejected'],
  ])('to a write: %s', async (_name, given, code) => {
    answer = given;
    await expect(write()).rejects.toMatchObject({ code });
  });

  it('of more than 32 MB is not read to its end', async () => {
    let sent = 0;
    answer = (response) => {
      response.writeHead(200, { 'content-type': json });
      const more = (): void => {
        while (!response.destroyed && sent < 200_000_000 && response.write(tenMegabytes)) sent += tenMegabytes.length;
        sent += tenMegabytes.length;
      };
      response.on('drain', more);
      more();
    };
    await expect(read()).rejects.toMatchObject({ name: 'TransientError', code: 'netsuite-unreachable' });
    expect(sent).toBeLessThan(100_000_000);
  });

  it('shows an operator the beginning of what came', async () => {
    answer = says(400, 'text/xml', xml);
    await expect(read()).rejects.toThrow('<code>E</code>');
  });
});

import { errorCode, errorKind } from '@tieout/messaging';
import { expect, it } from 'vitest';
import { toError } from './failure.client.ts';
import { failureOf } from './failure.ts';

const json = (code: string, message: string, errordetails: object[] = []): string =>
  JSON.stringify({ error: { code, message: { lang: 'en', value: message }, innererror: { errordetails } } });

const xml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><code>${code}</code><message xml:lang="en">${message}</message><innererror><errordetails><errordetail><code>${code}</code><message>${message}</message></errordetail><errordetail><code>V1/555</code><message>Item 10 &amp; 20</message><target>to_Item</target><severity>error</severity></errordetail></errordetails></innererror></error>`;

it('code, message and details become one text, each thing said once and warnings left out', () => {
  const failure = failureOf(
    400,
    json('V1/302', 'Sales area 1010 is not defined', [
      { code: 'V1/302', message: 'Sales area 1010 is not defined', propertyref: '', severity: 'error' },
      { code: 'V1/331', message: 'Material X is not maintained', propertyref: 'to_Item/Material', severity: 'error' },
      { code: 'V1/999', message: 'Delivery date moved', severity: 'warning' },
    ]),
  );
  expect(failure).toMatchObject({ code: 'V1/302', fromService: true });
  expect(failure.message).toBe(
    'Sales area 1010 is not defined; V1/331 Material X is not maintained (to_Item/Material)',
  );
});

it('the same is read from XML', () => {
  const failure = failureOf(400, xml('V1/302', 'Sales area is not defined'));
  expect(failure).toMatchObject({ code: 'V1/302', fromService: true });
  expect(failure.message).toBe('Sales area is not defined; V1/555 Item 10 & 20 (to_Item)');
});

it.each([
  ['a page', 502, '<html><head><title>502 Bad Gateway</title></head><body>x</body></html>', '502 Bad Gateway'],
  ['half a JSON', 500, '{"error":{"code":"V1', '{"error":{"code":"V1'],
  ['half an XML', 500, '<?xml version="1.0"?><error><code>V1', 'V1'],
  ['nothing', 500, '', 'no details'],
  [
    'XML with a document type',
    500,
    '<?xml version="1.0"?><!DOCTYPE e [<!ENTITY a "b">]><error><code>1</code></error>',
    '1',
  ],
])('%s is told by its beginning', (_what, status, body, words) => {
  const failure = failureOf(status, body);
  expect(failure).toMatchObject({ code: `HTTP_${status}`, fromService: false });
  expect(failure.message).toContain(words);
});

const decide = (status: number, body: string, { writes = false, retryAfterMs = null as number | null } = {}) => {
  const error = toError({ name: 'call', writes, retryAfterMs }, failureOf(status, body));
  return `${errorKind(error)} ${errorCode(error)}`;
};

it.each([
  [400, json('V1/302', 'Sales area is not defined'), 'data sap-rejected'],
  [404, json('/IWBEP/CM_MGW_RT/020', "Resource not found for segment 'A_SalesOrder'"), 'data sap-not-found'],
  [404, '<html><title>Service cannot be reached</title></html>', 'misconfigured sap-api-refused'],
  [403, json('/IWFND/MED/170', "No service found for namespace '', name 'X'"), 'misconfigured sap-api-refused'],
  [404, json('/IWFND/MED/170', "No service found for namespace '', name 'X'"), 'misconfigured sap-api-refused'],
  [500, json('/IWFND/CM_COS/064', 'No System Alias found for Service'), 'misconfigured sap-api-refused'],
  [400, json('005056A509B1', "Property Foo not found in type 'A_SalesOrderType'"), 'misconfigured sap-api-refused'],
  [401, '<html><title>Logon failed</title></html>', 'misconfigured sap-login-refused'],
  [403, json('X/1', 'No authorization'), 'misconfigured sap-api-refused'],
  [400, json('MC/601', 'Object requested is currently locked by user MEIER'), 'transient sap-locked'],
  [400, json('XX/1', 'Sales document 17 is currently being processed by user MEIER'), 'transient sap-locked'],
  [423, json('XX/1', 'whatever'), 'transient sap-locked'],
  [412, json('/IWBEP/CM_MGW_RT/107', 'Precondition failed'), 'transient sap-changed-meanwhile'],
  [428, '', 'data sap-rejected'],
  [429, '', 'transient sap-busy'],
])('%i %s is %s', (status, body, decision) => {
  expect(decide(status, body)).toBe(decision);
  expect(decide(status, body, { writes: true })).toBe(decision);
});

it.each([408, 500, 502, 503, 504])('after a %i nobody knows what became of a write', (status) => {
  expect(decide(status, '')).toBe('transient sap-unavailable');
  expect(decide(status, '', { writes: true })).toBe('transient outcome-unknown');
});

it('a 503 that says when to come again has done nothing', () => {
  expect(decide(503, '', { writes: true, retryAfterMs: 7_000 })).toBe('transient sap-busy');
  const error = toError({ name: 'call', writes: true, retryAfterMs: 7_000 }, failureOf(503, ''));
  expect(error).toMatchObject({ retryAfterMs: 7_000 });
});

it('what is set up wrong says what to do', () => {
  const of = (code: string, message: string): string =>
    toError({ name: 'get X', writes: false, retryAfterMs: null }, failureOf(400, json(code, message))).message;
  expect(of('/IWFND/MED/170', 'No service found')).toMatch(/get X.*MED\/170 No service found: activate the service/);
  expect(of('/IWFND/CM_COS/064', 'No alias')).toMatch(/assign a system alias/);
  expect(of('X', "Property 'Foo' not found in type 'T'")).toMatch(/no Foo: name it in `without`/);
});

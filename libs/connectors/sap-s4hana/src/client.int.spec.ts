import type { CallBudget } from '@tieout/connector-erp';
import { errorCode } from '@tieout/messaging';
import { startSapSandbox, type SapSandbox } from '@tieout/sandbox';
import { createDatabase, eventually } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSapClient, type SapClient } from './client.ts';
import { eventMeshConfig, sapConfig, type SapConfig } from './config.ts';
import { createEventSource } from './event-mesh.client.ts';
import { and, eq, ge, instant, startsWith } from './literals.ts';
import type { Body, Row } from './odata.ts';
import { dateOf, decimalOf, etagOf, instantOf } from './values.ts';

/* The client against the sandbox's system: what each side thinks of the protocol, held against the other. */
const budget: CallBudget = { run: (_use, call) => call() };
const partners = 'API_BUSINESS_PARTNER';
const orders = 'API_SALES_ORDER_SRV';
let databaseUrl: string;
let sandbox: SapSandbox;
let config: SapConfig;
let client: SapClient;
let customer: string;

beforeAll(async () => {
  ({ url: databaseUrl } = await createDatabase('sap_client'));
  sandbox = await startSapSandbox({ databaseUrl, pageSizes: { A_SalesOrder: 3 } });
  config = configOf(sandbox);
  client = createSapClient(config, { budget });
  const created = await client.create(partners, 'A_BusinessPartner', partnerBody("Kröger & Söhne 'Optik'"));
  customer = String(created.row?.['Customer']);
});
afterEach(() => sandbox.clearFaults());
afterAll(async () => {
  client.close();
  await sandbox.close();
});

function configOf({ credentials }: SapSandbox, more: object = {}): SapConfig {
  const { url, client: number, user, password } = credentials;
  return sapConfig.parse({ url, client: number, auth: { kind: 'basic', user, password }, timeoutMs: 5_000, ...more });
}

function partnerBody(name: string): Body {
  const area = { SalesOrganization: '1010', DistributionChannel: '10', Division: '00', Currency: 'EUR' };
  return {
    BusinessPartnerCategory: '2',
    OrganizationBPName1: name,
    to_BusinessPartnerRole: [{ BusinessPartnerRole: 'FLCU00' }, { BusinessPartnerRole: 'FLCU01' }],
    to_BusinessPartnerAddress: [{ Country: 'DE', CityName: 'Hamburg', PostalCode: '20095', StreetName: 'Deich' }],
    to_Customer: {
      to_CustomerCompany: [{ CompanyCode: '1010', ReconciliationAccount: '12100000', PaymentTerms: 'NT30' }],
      to_CustomerSalesArea: [{ ...area, CustomerPaymentTerms: 'NT30' }],
    },
  };
}

function orderBody(reference: string, net = '12.34'): Body {
  const area = { SalesOrganization: '1010', DistributionChannel: '10', OrganizationDivision: '00' };
  const to_PricingElement = [{ ConditionType: 'DRV1', ConditionRateValue: net }];
  return {
    ...{ SalesOrderType: 'OR', ...area, SoldToParty: customer, PurchaseOrderByCustomer: reference },
    to_Item: [{ Material: 'SERVICE', RequestedQuantity: '1', to_PricingElement }],
  };
}

const create = (reference: string, net?: string): Promise<Row | null> =>
  client.create(orders, 'A_SalesOrder', orderBody(reference, net)).then(({ row }) => row);
const byReference = async (reference: string): Promise<readonly Row[]> =>
  (await client.page(orders, 'A_SalesOrder', { filter: eq('PurchaseOrderByCustomer', reference) })).rows;
const codeOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'no error', errorCode);

describe('reading', () => {
  it('an amount keeps its digits, dates and instants their days', async () => {
    const from = new Date(Date.now() - 60_000).toISOString();
    await create('exact', '123456789.01');
    const [order] = (
      await client.page(orders, 'A_SalesOrder', {
        select: ['SalesOrder', 'TotalNetAmount', 'CreationDate', 'LastChangeDateTime'],
        expand: [],
        filter: and(eq('PurchaseOrderByCustomer', 'exact'), ge('LastChangeDateTime', instant(from))),
      })
    ).rows;
    expect(decimalOf(String(order?.['TotalNetAmount']))).toBe('123456789.01');
    expect(dateOf(String(order?.['CreationDate']))).toBe(new Date().toISOString().slice(0, 10));
    expect(instantOf(String(order?.['LastChangeDateTime'])) > from).toBe(true);
  });

  it('pages of the server and windows of the client give every row once', async () => {
    for (let n = 0; n < 8; n += 1) await create(`page-${n}`);
    const filter = startsWith('PurchaseOrderByCustomer', 'page-');
    const small = createSapClient({ ...config, pageSize: 5 }, { budget });
    const seen: string[] = [];
    const sizes: number[] = [];
    for await (const { rows } of small.pages(orders, 'A_SalesOrder', { filter, orderBy: ['SalesOrder'] })) {
      sizes.push(rows.length);
      seen.push(...rows.map((row) => String(row['PurchaseOrderByCustomer'])));
    }
    expect([seen, sizes]).toEqual([Array.from({ length: 8 }, (_, n) => `page-${n}`), [3, 2, 3]]);
    const counted = await client.page(orders, 'A_SalesOrder', { filter, count: true });
    expect([counted.count, counted.rows.length]).toEqual([8, 3]);
    small.close();
  });

  it('a quote and an ampersand are found as they were written; what is not there is null', async () => {
    const found = await client.page(partners, 'A_BusinessPartner', {
      filter: eq('OrganizationBPName1', "Kröger & Söhne 'Optik'"),
    });
    expect(found.rows).toHaveLength(1);
    expect(await client.get(orders, 'A_SalesOrder', '999')).toBeNull();
    expect(await codeOf(client.get('API_UNKNOWN_SRV', 'A_X', '1'))).toBe('sap-api-refused');
  });

  it('a release that lacks a property says which, and is read without it', async () => {
    const { url } = await createDatabase('sap_client_old');
    const old = await startSapSandbox({ databaseUrl: url, release: 2020 });
    const query = { select: ['SalesOrderItem', 'TaxAmount'] };
    const asking = createSapClient(configOf(old), { budget });
    await expect(asking.page(orders, 'A_SalesOrderItem', query)).rejects.toMatchObject({
      code: 'sap-api-refused',
      message: expect.stringContaining('no TaxAmount: name it in `without`'),
    });
    const knowing = createSapClient(configOf(old, { without: { A_SalesOrderItem: ['TaxAmount'] } }), { budget });
    expect((await knowing.page(orders, 'A_SalesOrderItem', query)).rows).toEqual([]);
    [asking, knowing].forEach((each) => each.close());
    await old.close();
  });
});

describe('writing', () => {
  it('goes on when all sessions were ended, and by an OAuth client', async () => {
    sandbox.endSessions();
    await Promise.all(['a', 'b', 'c'].map((each) => create(`session-${each}`)));
    const { tokenUrl, clientId, clientSecret } = sandbox.credentials;
    const auth = { kind: 'oauth2', tokenUrl, clientId, clientSecret };
    const other = createSapClient(configOf(sandbox, { auth }), { budget });
    await other.create(orders, 'A_SalesOrder', orderBody('oauth'));
    sandbox.endSessions();
    await other.create(orders, 'A_SalesOrder', orderBody('oauth'));
    expect(await byReference('oauth')).toHaveLength(2);
    other.close();
  });

  it('an update of another version is told apart and changes nothing', async () => {
    const key = String((await create('etag'))?.['SalesOrder']);
    const etag = etagOf((await client.get(orders, 'A_SalesOrder', key)) ?? {});
    const target = { set: 'A_SalesOrder', key, etag };
    await client.update(orders, target, { PurchaseOrderByCustomer: 'etag-2' });
    expect(await codeOf(client.update(orders, target, { PurchaseOrderByCustomer: 'etag-3' }))).toBe(
      'sap-changed-meanwhile',
    );
    expect(await byReference('etag-2')).toHaveLength(1);
  });

  it('a refusal bears number and words in the language of the instance', async () => {
    const german = createSapClient({ ...config, language: 'de' }, { budget });
    const { OrganizationBPName1: _name, ...nameless } = partnerBody('x');
    await expect(german.create(partners, 'A_BusinessPartner', nameless)).rejects.toMatchObject({
      code: 'sap-rejected',
      message: expect.stringMatching(/R11\/401 Geben Sie einen Wert/),
    });
    german.close();
  });

  it.each(['cut-after', 'cut-within', 'truncated'] as const)(
    'a write whose answer is lost (%s) is in doubt, and a look finds it',
    async (kind) => {
      await create(`warm-${kind}`);
      sandbox.injectFault({ kind, count: 1, method: 'POST', path: 'A_SalesOrder' });
      expect(await codeOf(create(kind))).toBe('outcome-unknown');
      expect(await byReference(kind)).toHaveLength(1);
    },
  );

  it('a write that broke down before it was done is in doubt, too, and a look finds nothing', async () => {
    sandbox.injectFault({ kind: 'cut-before', count: 1, method: 'POST', path: 'A_SalesOrder' });
    expect(await codeOf(create('cut-before'))).toBe('outcome-unknown');
    sandbox.injectFault({ kind: 'huge', status: 500, count: 1, method: 'POST', path: 'A_SalesOrder' });
    expect(await codeOf(create('cut-before'))).toBe('outcome-unknown');
    expect(await byReference('cut-before')).toEqual([]);
  });

  it.each([
    ['xml', {}, 'sap-unavailable'],
    ['xml', { status: 200 }, 'sap-not-json'],
    ['html', { status: 200 }, 'sap-not-json'],
    ['html', { status: 503 }, 'sap-unavailable'],
    ['huge', { status: 502 }, 'sap-unavailable'],
    ['truncated', {}, 'sap-not-json'],
    ['cut-within', {}, 'sap-unreachable'],
  ] as const)('a read that is answered by %s %j is %s, and works the next time', async (kind, more, code) => {
    sandbox.injectFault({ kind, count: 1, method: 'GET', path: 'A_SalesOrder', ...more });
    expect(await codeOf(byReference('etag-2'))).toBe(code);
    expect(await byReference('etag-2')).toHaveLength(1);
  });

  it('too many calls are waited out', async () => {
    sandbox.injectFault({ kind: 'error', status: 429, retryAfter: 0, count: 1, path: 'A_SalesOrder' });
    expect(await byReference('etag-2')).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('reads and writes in one call; a change set is done whole or not at all', async () => {
    const [before, set, failed, unknown, after] = await client.batch(orders, [
      { kind: 'query', set: 'A_SalesOrder', query: { filter: eq('PurchaseOrderByCustomer', 'set') } },
      {
        kind: 'change-set',
        changes: ['set', 'set'].map((each) => ({ kind: 'create', set: 'A_SalesOrder', body: orderBody(each) })),
      },
      {
        kind: 'change-set',
        changes: [
          { kind: 'create', set: 'A_SalesOrder', body: orderBody('set') },
          { kind: 'create', set: 'A_SalesOrder', body: { ...orderBody('set'), SoldToParty: '4711' } },
        ],
      },
      { kind: 'get', set: 'A_SalesOrder', key: '999' },
      { kind: 'query', set: 'A_SalesOrder', query: { filter: eq('PurchaseOrderByCustomer', 'set') } },
    ]);
    expect(before?.kind === 'query' && before.page.rows).toEqual([]);
    expect(set?.kind === 'changed' && set.written.map(({ row }) => row?.['PurchaseOrderByCustomer'])).toEqual([
      'set',
      'set',
    ]);
    expect(failed?.kind === 'failed' && errorCode(failed.error)).toBe('sap-rejected');
    expect(unknown).toEqual({ kind: 'get', row: null });
    expect(after?.kind === 'query' && after.page.rows).toHaveLength(2);
  });

  it('an old version in a change set is told apart', async () => {
    const key = String((await create('batch-etag'))?.['SalesOrder']);
    const change = {
      kind: 'update',
      set: 'A_SalesOrder',
      key,
      etag: 'W/"1"',
      changes: { PurchaseOrderByCustomer: 'x' },
    } as const;
    const [result] = await client.batch(orders, [{ kind: 'change-set', changes: [change] }]);
    expect(result?.kind === 'failed' && errorCode(result.error)).toBe('sap-changed-meanwhile');
  });
});

describe('events', () => {
  it('name what changed, come again until they are acknowledged, and then no more', async () => {
    const source = createEventSource(eventMeshConfig.parse(sandbox.credentials['eventMesh']));
    const key = String((await create('event'))?.['SalesOrder']);
    const ids = new Set<string>();
    let text = '';
    await eventually(async () => {
      for (const { notice, messageId, ack } of await source.pull(50)) {
        if (notice?.key['SalesOrder'] === key) text = notice.type;
        ids.add(messageId);
        await ack();
      }
      return text !== '';
    });
    expect(text).toBe('sap.s4.beh.salesorder.v1.SalesOrder.Created.v1');
    expect((await source.pull(50)).filter(({ messageId }) => ids.has(messageId))).toEqual([]);
    source.close();
  });
});

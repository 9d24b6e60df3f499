import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerBody, orderBody, orderItem, startTestBooks, type TestBooks } from './test-books.ts';
import type { Answer } from './test-client.ts';

const partners = 'API_BUSINESS_PARTNER/A_BusinessPartner';
const orders = 'API_SALES_ORDER_SRV/A_SalesOrder';
let books: TestBooks;
beforeAll(async () => {
  books = await startTestBooks('sap_orders');
});
afterAll(() => books.sandbox.close());

const code = ({ json }: Answer): string => json.error.code;
const post = (path: string, body: object): Promise<Answer> => books.write('POST', path, body);
const item = (order: string, number = '10'): Promise<Answer['json']> =>
  books.read(`API_SALES_ORDER_SRV/A_SalesOrderItem(SalesOrder='${order}',SalesOrderItem='${number}')`);

describe('business partners', () => {
  it('are created whole, with roles, address, tax number, company code and sales area, under one number', async () => {
    const number = await books.customer({ reference: 'abc123' });
    const path = `${partners}('${number}')?$expand=to_BusinessPartnerRole,to_Customer/to_CustomerCompany,to_Customer/to_CustomerSalesArea`;
    expect(await books.read(path)).toMatchObject({
      BusinessPartner: number,
      Customer: number,
      BusinessPartnerIDByExtSystem: 'ABC123',
      BusinessPartnerFullName: 'Moorbach Optik GmbH',
      to_BusinessPartnerRole: { results: [{ BusinessPartnerRole: 'FLCU00' }, { BusinessPartnerRole: 'FLCU01' }] },
      to_Customer: {
        VATRegistration: 'DE1',
        to_CustomerCompany: { results: [{ CompanyCode: '1010', ReconciliationAccount: '12100000' }] },
        to_CustomerSalesArea: { results: [{ SalesOrganization: '1010', Currency: 'EUR' }] },
      },
    });
  });

  it('SAP (7): bear date and time of their last change apart, and none before the first', async () => {
    const number = await books.customer();
    const created = await books.read(`${partners}('${number}')`);
    expect([created.LastChangeDate, created.LastChangeTime]).toEqual([null, null]);
    books.clock = new Date('2026-03-11T13:20:05.700Z');
    const address = (await books.read(`${partners}('${number}')/to_BusinessPartnerAddress`))[0];
    const changed = await books.write(
      'PATCH',
      `API_BUSINESS_PARTNER/A_BusinessPartnerAddress(BusinessPartner='${number}',AddressID='${address.AddressID}')`,
      { CityName: 'Kiel' },
    );
    expect(changed.status).toBe(204);
    const after = await books.read(`${partners}('${number}')`);
    expect(after).toMatchObject({ LastChangeDate: '/Date(1773187200000)/', LastChangeTime: 'PT13H20M05S' });
    expect(after.ETag).not.toBe(created.ETag);
    const stale = { headers: { 'if-match': created.__metadata.etag as string } };
    expect((await books.write('PATCH', `${partners}('${number}')`, { SearchTerm1: 'X' }, stale)).status).toBe(412);
  });

  it('refuse what a customer cannot be without', async () => {
    const whole = customerBody() as Record<string, object>;
    const { OrganizationBPName1: _name, ...nameless } = whole;
    expect(code(await post(partners, nameless))).toBe('R11/401');
    const { to_BusinessPartnerRole: _roles, ...roleless } = whole;
    expect(code(await post(partners, roleless))).toBe('CVI_EI/017');
    const area = {
      SalesOrganization: '9999',
      DistributionChannel: '10',
      Division: '00',
      Currency: 'EUR',
      CustomerPaymentTerms: 'NT30',
    };
    expect(code(await post(partners, { ...whole, to_Customer: { to_CustomerSalesArea: [area] } }))).toBe('V1/312');
    const german = await books.write('POST', partners, nameless, { headers: { 'accept-language': 'de' } });
    expect(german.json.error.message).toMatchObject({
      lang: 'de',
      value: 'Geben Sie einen Wert für OrganizationBPName1 ein',
    });
  });

  it('take a further company code and sales area later', async () => {
    const number = await books.customer();
    const company = { Customer: number, CompanyCode: '1710', ReconciliationAccount: '12100000' };
    expect((await post('API_BUSINESS_PARTNER/A_CustomerCompany', company)).status).toBe(201);
    const area = {
      SalesOrganization: '1710',
      DistributionChannel: '10',
      Division: '00',
      Currency: 'USD',
      CustomerPaymentTerms: 'NT30',
    };
    expect((await post('API_BUSINESS_PARTNER/A_CustomerSalesArea', { Customer: number, ...area })).status).toBe(201);
    const again = await post('API_BUSINESS_PARTNER/A_CustomerCompany', company);
    expect([again.status, code(again)]).toEqual([400, 'F2/152']);
  });
});

describe('sales orders', () => {
  it('price their items to the digit: a rate per so many units, or a fixed amount', async () => {
    const customer = await books.customer();
    const per = [{ ConditionType: 'PPR0', ConditionRateValue: '100', ConditionQuantity: '3' }];
    const body = {
      ...orderBody(customer),
      PurchaseOrderByShipToParty: '0193F7A2',
      to_Item: [{ Material: 'SERVICE', RequestedQuantity: '7', to_PricingElement: per }, orderItem('2.5', '0.07')],
    };
    const answer = await post(orders, body);
    expect(answer.status).toBe(201);
    const { SalesOrder } = answer.json.d;
    expect(await books.read(`${orders}('${SalesOrder}')?$expand=to_Item`)).toMatchObject({
      TotalNetAmount: '233.40',
      TransactionCurrency: 'EUR',
      CustomerPaymentTerms: 'NT30',
      OverallSDProcessStatus: 'A',
      to_Item: {
        results: [
          { SalesOrderItem: '10', NetAmount: '233.33', TaxAmount: '44.33' },
          { SalesOrderItem: '20', NetAmount: '0.07', TaxAmount: '0.01' },
        ],
      },
    });
    expect(await books.read(`${orders}?$filter=PurchaseOrderByShipToParty eq '0193F7A2'`)).toHaveLength(1);
  });

  it('refuse an unknown customer, sales area or material, a block and a rate finer than the currency', async () => {
    const customer = await books.customer();
    const order = (more: object): Promise<Answer> =>
      post(orders, { ...orderBody(customer), to_Item: [orderItem('1', '5')], ...more });
    expect(code(await order({ SoldToParty: '4711' }))).toBe('V1/149');
    expect(code(await order({ SalesOrganization: '1710' }))).toBe('V1/155');
    expect(code(await order({ to_Item: [{ ...orderItem('1', '5'), Material: 'NONE' }] }))).toBe('V1/302');
    expect(code(await order({ to_Item: [orderItem('1', '5.001')] }))).toBe('V1/205');
    expect(code(await order({ to_Item: [orderItem('0', '5')] }))).toBe('V1/049');
    await books.does(`partners/${customer}/block`, { order: true });
    expect(code(await order({}))).toBe('VP/151');
    await books.does(`partners/${customer}/block`, { order: false, central: true });
    expect(code(await order({}))).toBe('R1/163');
  });

  it('change under their ETag, item by item and price by price, until an item is billed', async () => {
    const order = await books.order(await books.customer(), [
      ['1', '100'],
      ['1', '50'],
    ]);
    const before = await books.read(`${orders}('${order}')`);
    const element = (
      await books.read(
        `API_SALES_ORDER_SRV/A_SalesOrderItem(SalesOrder='${order}',SalesOrderItem='10')/to_PricingElement`,
      )
    )[0];
    const price = new URL(element.__metadata.uri as string).href;
    expect((await books.write('PATCH', price, { ConditionRateValue: '120' })).status).toBe(204);
    expect((await item(order)).NetAmount).toBe('120.00');
    expect((await books.write('POST', `${orders}('${order}')/to_Item`, orderItem('2', '30'))).status).toBe(201);
    const stale = { headers: { 'if-match': before.__metadata.etag as string } };
    expect(
      (await books.write('PATCH', `${orders}('${order}')`, { PurchaseOrderByCustomer: 'C-2' }, stale)).status,
    ).toBe(412);
    await books.does('billing-documents', { salesOrder: order, items: [{ item: '10' }] });
    expect(code(await books.write('PATCH', price, { ConditionRateValue: '1' }))).toBe('V1/491');
    const path = `API_SALES_ORDER_SRV/A_SalesOrderItem(SalesOrder='${order}',SalesOrderItem='10')`;
    expect(code(await books.write('DELETE', path))).toBe('V1/491');
    expect(await books.read(`${orders}('${order}')`)).toMatchObject({
      OverallSDProcessStatus: 'B',
      TotalNetAmount: '200.00',
    });
  });

  it('are cancelled by rejecting their items, which can be taken back', async () => {
    const order = await books.order(await books.customer(), [
      ['1', '100'],
      ['1', '50'],
    ]);
    const reject = (number: string, reason: string): Promise<Answer> =>
      books.write('PATCH', `API_SALES_ORDER_SRV/A_SalesOrderItem(SalesOrder='${order}',SalesOrderItem='${number}')`, {
        SalesDocumentRjcnReason: reason,
      });
    await reject('10', '60');
    expect(await books.read(`${orders}('${order}')`)).toMatchObject({
      OverallSDDocumentRejectionSts: 'B',
      TotalNetAmount: '50.00',
    });
    await reject('20', '60');
    expect(await books.read(`${orders}('${order}')`)).toMatchObject({
      OverallSDDocumentRejectionSts: 'C',
      OverallSDProcessStatus: 'C',
    });
    expect(await books.refused('billing-documents', { salesOrder: order })).toBe('VF/016');
    await reject('20', '');
    expect((await item(order, '20')).SDProcessStatus).toBe('A');
    expect(code(await reject('20', '99'))).toBe('V1/364');
  });

  it('wait for their release when the customer is over its credit', async () => {
    const customer = await books.customer();
    await books.does(`partners/${customer}/block`, { credit: true });
    const answer = await post(orders, { ...orderBody(customer), to_Item: [orderItem('1', '5')] });
    expect([answer.status, answer.json.d.TotalCreditCheckStatus]).toEqual([201, 'B']);
    expect(answer.headers.get('sap-message')).toContain('V1/152');
    const salesOrder = answer.json.d.SalesOrder as string;
    expect(await books.refused('billing-documents', { salesOrder })).toBe('VF/145');
    await books.does(`orders/${salesOrder}/release-credit`);
    expect(await books.does('billing-documents', { salesOrder })).toMatchObject({ net: '5.00', gross: '5.95' });
  });
});

describe('SAP (9, 10): events', () => {
  it('tell of a change by its key, come again without an acknowledgement, and may come before the change', async () => {
    const { url, tokenUrl, clientId, clientSecret, queue } = books.sandbox.credentials['eventMesh'] as Record<
      string,
      string
    >;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId!,
      client_secret: clientSecret!,
    });
    const { access_token: token } = (await (await fetch(tokenUrl!, { method: 'POST', body: form })).json()) as {
      access_token: string;
    };
    const mesh = (path: string, headers: Record<string, string> = { 'x-qos': '1' }): Promise<Response> =>
      fetch(`${url}/messagingrest/v1/queues/${encodeURIComponent(queue!)}/messages/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    expect((await mesh('consumption', {})).status).toBe(400);
    while ((await mesh('consumption', { 'x-qos': '0' })).status === 200); // what the other tests left
    await books.does('events', { redeliveryMs: 0 });
    const number = await books.customer();
    const first = await mesh('consumption');
    expect(await first.json()).toMatchObject({
      type: 'sap.s4.beh.businesspartner.v1.BusinessPartner.Created.v1',
      data: { BusinessPartner: number },
    });
    const again = await mesh('consumption');
    expect(await again.json()).toMatchObject({ data: { BusinessPartner: number } });
    expect((await mesh(`${again.headers.get('x-message-id')}/acknowledgement`)).status).toBe(204);
    expect((await mesh('consumption')).status).toBe(204);
    await books.does('events', { earlyMs: 300 });
    const order = books.order(number, [['1', '5']]);
    await expect.poll(async () => (await mesh('consumption')).status).toBe(200);
    expect(await books.read(`${orders}?$filter=SoldToParty eq '${number}'`)).toEqual([]);
    await order;
    expect(await books.read(`${orders}?$filter=SoldToParty eq '${number}'`)).toHaveLength(1);
    expect((await mesh('consumption', { authorization: 'Bearer x', 'x-qos': '1' })).status).toBe(401);
  });
});

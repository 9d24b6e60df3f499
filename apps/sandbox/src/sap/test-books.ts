/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access -- the wire's own JSON */
import { createDatabase } from '@tieout/testing';
import { startSapSandbox, type SapSandbox, type SapSandboxOptions } from './start.ts';
import { call, fetchSession, type Answer, type CallOptions } from './test-client.ts';

/** A system with books for specs: calls of its services as the connector would make them, and what people do beside it. */
export interface TestBooks {
  readonly sandbox: SapSandbox;
  readonly databaseUrl: string;
  /** The system's clock. */
  clock: Date;
  read(path: string): Promise<Answer['json']>;
  write(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** A deed of a person that is expected to work; its answer. */
  does(path: string, body?: object, method?: string): Promise<Record<string, string>>;
  /** A deed that is expected to be refused; message number and text. */
  refused(path: string, body?: object): Promise<string>;
  customer(options?: CustomerOptions): Promise<string>;
  order(customer: string, items: readonly (readonly [quantity: string, net: string])[], more?: object): Promise<string>;
}

export interface CustomerOptions {
  readonly companyCode?: string;
  readonly country?: string;
  readonly currency?: string;
  readonly reference?: string;
}

export async function startTestBooks(name: string, options: Partial<SapSandboxOptions> = {}): Promise<TestBooks> {
  const { url: databaseUrl } = await createDatabase(name);
  const books = { clock: new Date('2026-03-10T09:00:00Z') };
  // A clock that jumps must not end the session.
  const sandbox = await startSapSandbox({ databaseUrl, now: () => books.clock, sessionIdleMs: 1e12, ...options });
  const session = await fetchSession(sandbox.credentials, 'API_BUSINESS_PARTNER');
  const side = async (method: string, path: string, body: object): Promise<Response> =>
    fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const write: TestBooks['write'] = (method, path, body, more) =>
    call(sandbox.credentials, method, path, { session, ...(body === undefined ? {} : { body }), ...more });
  const created = async (path: string, body: object): Promise<Answer['json']> => {
    const answer = await write('POST', path, body);
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.json.d;
  };
  return Object.assign(books, {
    sandbox,
    databaseUrl,
    write,
    async read(path: string) {
      const answer = await call(sandbox.credentials, 'GET', path);
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.json.d.results ?? answer.json.d;
    },
    async does(path: string, body: object = {}, method = 'POST') {
      const answer = await side(method, path, body);
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${path}: ${text}`);
      return JSON.parse(text) as Record<string, string>;
    },
    async refused(path: string, body: object = {}) {
      const answer = await side('POST', path, body);
      if (answer.status !== 400) throw new Error(`${path} answers ${answer.status}`);
      return ((await answer.json()) as { code: string }).code;
    },
    async customer(asked: CustomerOptions = {}): Promise<string> {
      return (await created('API_BUSINESS_PARTNER/A_BusinessPartner', customerBody(asked))).BusinessPartner;
    },
    async order(customer: string, items: readonly (readonly [string, string])[], more: object = {}): Promise<string> {
      const body = {
        ...orderBody(customer),
        to_Item: items.map(([quantity, net]) => orderItem(quantity, net)),
        ...more,
      };
      return (await created('API_SALES_ORDER_SRV/A_SalesOrder', body)).SalesOrder;
    },
  });
}

export function customerBody({
  companyCode = '1010',
  country = 'DE',
  currency = 'EUR',
  reference,
}: CustomerOptions = {}): object {
  const area = {
    SalesOrganization: companyCode,
    DistributionChannel: '10',
    Division: '00',
    Currency: currency,
    CustomerPaymentTerms: 'NT30',
  };
  return {
    BusinessPartnerCategory: '2',
    OrganizationBPName1: 'Moorbach Optik GmbH',
    ...(reference !== undefined && { BusinessPartnerIDByExtSystem: reference }),
    to_BusinessPartnerRole: [{ BusinessPartnerRole: 'FLCU00' }, { BusinessPartnerRole: 'FLCU01' }],
    to_BusinessPartnerAddress: [{ Country: country, CityName: 'Hamburg', PostalCode: '20095', StreetName: 'Deich' }],
    to_BusinessPartnerTax: [{ BPTaxType: `${country}0`, BPTaxNumber: `${country}1` }],
    to_Customer: {
      to_CustomerCompany: [{ CompanyCode: companyCode, ReconciliationAccount: '12100000', PaymentTerms: 'NT30' }],
      to_CustomerSalesArea: [area],
    },
  };
}

export function orderBody(customer: string, companyCode = '1010'): object {
  const area = { SalesOrganization: companyCode, DistributionChannel: '10', OrganizationDivision: '00' };
  return { SalesOrderType: 'OR', ...area, SoldToParty: customer, PurchaseOrderByCustomer: 'C-1' };
}

/** An item whose net amount is exactly this. */
export function orderItem(quantity: string, net: string): object {
  return {
    Material: 'SERVICE',
    RequestedQuantity: quantity,
    to_PricingElement: [{ ConditionType: 'DRV1', ConditionRateValue: net }],
  };
}

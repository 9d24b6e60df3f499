import path from 'node:path';
import type { AnaplanCredentials, NetSuiteCredentials, SalesforceCredentials, SapCredentials } from '@tieout/sandbox';
import type { StackHandle } from '@tieout/stack';
import { CORPORATE, MONTH_END } from './month-end/catalogue.ts';
import type { Service } from './options.ts';
import type { Login } from './provision.ts';
import type { SupervisedService } from './supervisor.ts';

export interface Vendors {
  readonly salesforce: SalesforceCredentials;
  readonly netsuite: NetSuiteCredentials;
  readonly sap: SapCredentials;
  readonly anaplan: AnaplanCredentials;
}

export interface ServiceEnvironment {
  readonly root: string;
  readonly stack: StackHandle;
  readonly bundle: string;
  readonly vendors: Vendors;
}

/** The sandboxes allow far more calls than a tenant has, so that the demo shows the pipeline and not a rate limit. */
export const ANAPLAN_REQUESTS_PER_MINUTE = 6_000;

/** What a service is started with: its own login, and of the vendors only those that it talks to. Polls are short, because a person waits. */
export function supervised(service: Service, login: Login, environment: ServiceEnvironment): SupervisedService {
  const { root, stack, bundle, vendors } = environment;
  return {
    name: service,
    entry: path.join(root, 'apps', service, 'src', 'main.ts'),
    env: {
      LOG_LEVEL: 'info',
      KAFKA_BROKERS: stack.brokers.join(','),
      SCHEMA_REGISTRY_URL: stack.registryUrl,
      SCHEMA_BUNDLE: bundle,
      DATABASE_URL: login.url,
      DATABASE_SCHEMA: login.schema,
      ...issuerEnvironment(stack),
      ...vendorEnvironment(service, vendors),
    },
  };
}

/** Whose tokens its guarded endpoints accept. */
function issuerEnvironment({ issuer }: StackHandle): Record<string, string> {
  return issuer === null ? {} : { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: issuer.audience };
}

function vendorEnvironment(service: Service, { salesforce, netsuite, sap, anaplan }: Vendors): Record<string, string> {
  switch (service) {
    case 'crm-ingest':
      return {
        SALESFORCE_LOGIN_URL: salesforce.loginUrl,
        SALESFORCE_CONSUMER_KEY: salesforce.consumerKey,
        SALESFORCE_USERNAME: salesforce.username,
        SALESFORCE_PRIVATE_KEY: salesforce.privateKeyPem,
        SALESFORCE_API_VERSION: salesforce.apiVersion,
        SALESFORCE_PUBSUB_ENDPOINT: salesforce.pubsubEndpoint,
        SALESFORCE_PUBSUB_CA: salesforce.pubsubCaPem,
        SALESFORCE_POLL_INTERVAL_MS: '200',
        SALESFORCE_SWEEP_INTERVAL_MS: '60000',
        SALESFORCE_OVERLAP_SECONDS: '60',
      };
    case 'order-to-cash':
      return {};
    case 'erp-adapter':
      return {
        ERP_INSTANCES: JSON.stringify([netsuiteInstance(netsuite), sapInstance(sap)]),
        SAP_PASSWORD: sap.password,
        SAP_CLIENT_SECRET: sap.clientSecret,
        NETSUITE_CONSUMER_SECRET: netsuite.consumerSecret,
        NETSUITE_TOKEN_SECRET: netsuite.tokenSecret,
      };
    case 'planning-publisher':
      return {
        ANAPLAN_AUTH_URL: anaplan.authUrl,
        ANAPLAN_API_URL: anaplan.apiUrl,
        ANAPLAN_USER: anaplan.user,
        ANAPLAN_PASSWORD: anaplan.password,
        ANAPLAN_WORKSPACE_ID: anaplan.workspaceId,
        ANAPLAN_MODEL_ID: anaplan.modelId,
        ANAPLAN_REQUESTS_PER_MINUTE: String(ANAPLAN_REQUESTS_PER_MINUTE / 2),
        ANAPLAN_POLL_MS: '200',
        PLANNING_WINDOW_MS: '1000',
        ANAPLAN_FORECAST_INTERVAL_MS: '1000',
      };
    case 'reconciliation':
      return {
        RECONCILIATION_SIDES,
        RUN_POLL_MS: '200',
        RUN_DEADLINE_MS: '100000',
        RECHECK_DELAY_MS: '2000',
        // What the month-end is to bill later is not missing, whatever day it is.
        BUSINESS_DATE: MONTH_END,
      };
  }
}

/** Every system that holds something: one side of the comparisons is both ERPs together. */
const RECONCILIATION_SIDES = [
  ...['customer@salesforce', 'contract@salesforce', 'contract-line@salesforce', 'cell@anaplan', 'forecast@anaplan'],
  ...['customer', 'order', 'invoice', 'invoice-line', 'credit-memo', 'payment'].flatMap((object) => [
    `${object}@netsuite`,
    `${object}@sap-s4hana:corporate`,
  ]),
].join();

/** The group's head; customers come once somebody sells them something for it. */
function sapInstance({ url, client, user, eventMesh }: SapCredentials): object {
  const { clientSecret: _secret, ...queue } = eventMesh as Record<string, string>;
  return {
    ...{ name: 'corporate', system: 'sap-s4hana', legalEntities: [CORPORATE.code], customers: 'with-orders' },
    connection: { url, client, timeoutMs: 10_000, eventMesh: { ...queue, clientSecret: { env: 'SAP_CLIENT_SECRET' } } },
    auth: { kind: 'basic', user, password: { env: 'SAP_PASSWORD' } },
    sap: {
      salesAreas: {
        [CORPORATE.code]: {
          ...{
            companyCode: CORPORATE.code,
            salesOrganization: CORPORATE.code,
            distributionChannel: '10',
            division: '00',
          },
          ...{ reconciliationAccount: '12100000', paymentTerms: 'NT30' },
        },
      },
      taxTypes: { DE: 'DE0', US: 'US01' },
      views: {
        hierarchyNodes: { service: 'YY1_HIERARCHYNODE_CDS', set: 'YY1_HierarchyNode' },
        postingPeriods: { service: 'YY1_POSTINGPERIOD_CDS', set: 'YY1_PostingPeriod' },
        exchangeRates: { service: 'YY1_EXCHANGERATE_CDS', set: 'YY1_ExchangeRate' },
      },
    },
    concurrency: 6,
    intervals: { pollMs: 500, totalsMs: 2_000, dimensionsMs: 2_000, inDoubtMs: 1_000 },
  };
}

function netsuiteInstance({ url, account, consumerKey, tokenKey }: NetSuiteCredentials): object {
  return {
    ...{ name: 'main', system: 'netsuite', legalEntities: '*' },
    connection: { url, timeoutMs: 10_000 },
    auth: {
      ...{ account, consumerKey, tokenKey },
      consumerSecret: { env: 'NETSUITE_CONSUMER_SECRET' },
      tokenSecret: { env: 'NETSUITE_TOKEN_SECRET' },
    },
    // The sandbox serves 15 calls at once; the demo itself loads with 8.
    concurrency: 6,
    // A sandbox that did not answer within its ten seconds never will.
    intervals: { pollMs: 500, totalsMs: 2_000, dimensionsMs: 2_000, inDoubtMs: 1_000 },
  };
}

import path from 'node:path';
import type { AnaplanCredentials, NetSuiteCredentials, SalesforceCredentials } from '@tieout/sandbox';
import type { StackHandle } from '@tieout/stack';
import { MONTH_END } from './month-end/catalogue.ts';
import type { Service } from './options.ts';
import type { Login } from './provision.ts';
import type { SupervisedService } from './supervisor.ts';

export interface Vendors {
  readonly salesforce: SalesforceCredentials;
  readonly netsuite: NetSuiteCredentials;
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

function vendorEnvironment(service: Service, { salesforce, netsuite, anaplan }: Vendors): Record<string, string> {
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
        NETSUITE_URL: netsuite.url,
        NETSUITE_ACCOUNT: netsuite.account,
        NETSUITE_CONSUMER_KEY: netsuite.consumerKey,
        NETSUITE_CONSUMER_SECRET: netsuite.consumerSecret,
        NETSUITE_TOKEN_KEY: netsuite.tokenKey,
        NETSUITE_TOKEN_SECRET: netsuite.tokenSecret,
        // The sandbox serves 15 calls at once; the demo itself loads with 8.
        NETSUITE_CONCURRENCY: '6',
        NETSUITE_TIMEOUT_MS: '10000',
        // A sandbox that did not answer within its ten seconds never will.
        NETSUITE_IN_DOUBT_MS: '1000',
        NETSUITE_POLL_INTERVAL_MS: '500',
        NETSUITE_TOTALS_INTERVAL_MS: '2000',
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
        RUN_POLL_MS: '200',
        RUN_DEADLINE_MS: '100000',
        RECHECK_DELAY_MS: '2000',
        // What the month-end is to bill later is not missing, whatever day it is.
        BUSINESS_DATE: MONTH_END,
      };
  }
}

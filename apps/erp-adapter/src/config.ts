import { netsuiteConfig, type NetSuiteConfig, type Origin } from '@tieout/connector-netsuite';
import { defineConfig, list, wholeNumber, type ConfigOf } from '@tieout/platform';
import { z } from 'zod';

const { url, account, consumerKey, consumerSecret, tokenKey, tokenSecret, timeZone } = netsuiteConfig.shape;

export const config = defineConfig({
  NETSUITE_INSTANCE: {
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/, 'expected lower-case letters, digits and -'),
    description: 'Name of the account in canonical ids; never change it once events are published.',
    default: 'main',
  },
  NETSUITE_URL: { schema: url, description: 'https://<account>.suitetalk.api.netsuite.com' },
  NETSUITE_ACCOUNT: { schema: account, description: 'Account id, e.g. 123456_SB1.' },
  NETSUITE_CONSUMER_KEY: { schema: consumerKey, description: 'Consumer key of the integration record.' },
  NETSUITE_CONSUMER_SECRET: { schema: consumerSecret, description: 'Its secret.', secret: true },
  NETSUITE_TOKEN_KEY: { schema: tokenKey, description: 'Token id of the integration user.' },
  NETSUITE_TOKEN_SECRET: { schema: tokenSecret, description: 'Its secret.', secret: true },
  NETSUITE_TIME_ZONE: {
    schema: timeZone.unwrap(),
    description: 'Time zone of the account (Setup > Company > Company Information).',
    default: 'America/Los_Angeles',
  },
  NETSUITE_CONCURRENCY: {
    schema: wholeNumber(1, 100),
    description: "Calls at once: the account's limit minus a reserve, divided by the replicas.",
    default: '8',
  },
  NETSUITE_TIMEOUT_MS: {
    schema: wholeNumber(100, 900_000),
    description: 'Longest wait for one answer.',
    default: '60000',
  },
  NETSUITE_POLL_INTERVAL_MS: {
    schema: wholeNumber(50, 600_000),
    description: 'Time between polls of each stream.',
    default: '2000',
  },
  NETSUITE_OVERLAP_SECONDS: {
    schema: wholeNumber(2, 86_400),
    description: 'How far back every poll looks again; stamps have a resolution of one second.',
    default: '3',
  },
  NETSUITE_SWEEP_SECONDS: {
    schema: wholeNumber(10, 86_400),
    description: 'How far back one poll a minute looks again: longer than the longest save in the account.',
    default: '600',
  },
  NETSUITE_TOTALS_INTERVAL_MS: {
    schema: wholeNumber(50, 3_600_000),
    description: 'Time between readings of the control totals; a change of documents brings the next one forward.',
    default: '15000',
  },
  NETSUITE_IN_DOUBT_MS: {
    schema: wholeNumber(100, 3_600_000),
    description: 'Rest after a write without an answer before it is looked at; the vendor may work for 15 minutes.',
    default: '900000',
  },
  NETSUITE_LEGAL_ENTITIES: {
    schema: list,
    description: 'Codes of the legal entities whose orders this account shall hold, comma-separated; * takes all.',
    default: '*',
  },
  NETSUITE_DEFAULT_ITEM: {
    schema: z.string().min(1),
    description: 'Name of the item of order lines whose product has no code.',
    default: 'Services',
  },
  NETSUITE_ORDER_RETRY_MS: {
    schema: wholeNumber(200, 86_400_000),
    description: 'How long a refused order rests before it is looked at again without being asked.',
    default: '600000',
  },
  CUSTOMER_CRM_INSTANCES: {
    schema: list,
    description: 'CRM instances whose customers this account shall hold, comma-separated.',
    default: 'main',
  },
  NETSUITE_CUSTOMER_SUBSIDIARY: {
    schema: z.string().regex(/^\d+$/, 'expected an internal id'),
    description: 'Internal id of the subsidiary that new customers belong to.',
    default: '1',
  },
});

export type ErpAdapterConfig = ConfigOf<typeof config>;

export function originOf(values: ErpAdapterConfig): Origin {
  return { instance: values.NETSUITE_INSTANCE, timeZone: values.NETSUITE_TIME_ZONE };
}

/** Whose orders this account holds. */
export function commandScope({ NETSUITE_INSTANCE: instance, NETSUITE_LEGAL_ENTITIES: codes }: ErpAdapterConfig): {
  readonly instance: string;
  readonly legalEntities: readonly string[] | null;
} {
  return { instance, legalEntities: codes.includes('*') ? null : codes };
}

export function connectorConfig(values: ErpAdapterConfig): NetSuiteConfig {
  return {
    url: values.NETSUITE_URL,
    account: values.NETSUITE_ACCOUNT,
    consumerKey: values.NETSUITE_CONSUMER_KEY,
    consumerSecret: values.NETSUITE_CONSUMER_SECRET,
    tokenKey: values.NETSUITE_TOKEN_KEY,
    tokenSecret: values.NETSUITE_TOKEN_SECRET,
    timeZone: values.NETSUITE_TIME_ZONE,
    concurrency: values.NETSUITE_CONCURRENCY,
    timeoutMs: values.NETSUITE_TIMEOUT_MS,
  };
}

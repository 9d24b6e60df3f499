import {
  salesforceConfig,
  STANDARD_PICKLISTS,
  type ContractStatus,
  type Picklists,
  type SalesforceConfig,
} from '@tieout/connector-salesforce';
import { defineConfig, list, wholeNumber, type ConfigOf } from '@tieout/platform';
import { z } from 'zod';

const { loginUrl, audience, consumerKey, username, privateKeyPem, apiVersion, pubsubEndpoint, pubsubCaPem } =
  salesforceConfig.shape;

const LIFECYCLES: readonly ContractStatus[] = ['DRAFT', 'IN_APPROVAL', 'ACTIVE', 'ENDED'];

/** `Draft=DRAFT,Activated=ACTIVE`: value of the picklist, then what it means. */
const contractStatuses = list.transform((items, context): ReadonlyMap<string, ContractStatus> => {
  const pairs = items.map((item) => item.split('=').map((part) => part.trim()));
  const bad = pairs.find(([status, lifecycle, ...rest]) => !status || !isLifecycle(lifecycle) || rest.length > 0);
  if (bad !== undefined) {
    context.addIssue({ code: 'custom', message: `expected <status>=<${LIFECYCLES.join(' | ')}>, comma-separated` });
    return z.NEVER;
  }
  return new Map(pairs.map(([status, lifecycle]) => [status!, lifecycle as ContractStatus]));
});

function isLifecycle(text: string | undefined): boolean {
  return LIFECYCLES.some((lifecycle) => lifecycle === text);
}

export const config = defineConfig({
  SALESFORCE_INSTANCE: {
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/, 'expected lower-case letters, digits and -'),
    description: 'Name of the org in canonical ids; never change it once events are published.',
    default: 'main',
  },
  SALESFORCE_LOGIN_URL: {
    schema: loginUrl,
    description: 'Where tokens come from: the login host or the My Domain of the org.',
  },
  SALESFORCE_AUDIENCE: {
    schema: audience.unwrap(),
    description: 'Audience of the login assertion; https://test.salesforce.com for a sandbox org.',
    default: 'https://login.salesforce.com',
  },
  SALESFORCE_CONSUMER_KEY: { schema: consumerKey, description: 'Consumer key of the connected app.' },
  SALESFORCE_USERNAME: { schema: username, description: 'User that the connected app acts for.' },
  SALESFORCE_PRIVATE_KEY: {
    schema: privateKeyPem,
    description: "PEM text (PKCS #8) of the connected app's private key.",
    secret: true,
  },
  SALESFORCE_API_VERSION: { schema: apiVersion.unwrap(), description: 'Version of the REST API.', default: 'v63.0' },
  SALESFORCE_TIMEOUT_MS: {
    schema: wholeNumber(100, 600_000),
    description: 'Longest wait for one answer.',
    default: '30000',
  },
  SALESFORCE_PUBSUB_ENDPOINT: {
    schema: pubsubEndpoint.unwrap(),
    description: 'Host and port of the Pub/Sub API, where change events come from.',
    default: 'api.pubsub.salesforce.com:7443',
  },
  SALESFORCE_PUBSUB_CA: {
    schema: pubsubCaPem,
    description: "PEM text of the authority that signed that endpoint's certificate, when it is no public one.",
  },
  SALESFORCE_POLL_INTERVAL_MS: {
    schema: wholeNumber(50, 30_000),
    description:
      'Time between two looks at the change events that arrived: changes within it share a call of the daily allowance.',
    default: '1000',
  },
  SALESFORCE_SWEEP_INTERVAL_MS: {
    schema: wholeNumber(1_000, 86_400_000),
    description: 'Time between two listings of all that changed, which find what the events have lost.',
    default: '900000',
  },
  SALESFORCE_OVERLAP_SECONDS: {
    schema: wholeNumber(2, 86_400),
    description: 'How far back a listing looks again: longer than the longest transaction in the org.',
    default: '300',
  },
  SALESFORCE_STAGES: {
    schema: list,
    description: 'Stages of opportunities that are known; an opportunity with another one is held as unmapped-value.',
    default: STANDARD_PICKLISTS.stages.join(','),
  },
  SALESFORCE_CONTRACT_STATUSES: {
    schema: contractStatuses,
    description: `Statuses of contracts and what they mean (${LIFECYCLES.join(', ')}); a contract with another one is held as unmapped-value.`,
    default: [...STANDARD_PICKLISTS.statuses].map((pair) => pair.join('=')).join(','),
  },
});

export type CrmIngestConfig = ConfigOf<typeof config>;

export function connectorConfig(values: CrmIngestConfig): SalesforceConfig {
  return salesforceConfig.parse({
    loginUrl: values.SALESFORCE_LOGIN_URL,
    audience: values.SALESFORCE_AUDIENCE,
    consumerKey: values.SALESFORCE_CONSUMER_KEY,
    username: values.SALESFORCE_USERNAME,
    privateKeyPem: values.SALESFORCE_PRIVATE_KEY,
    apiVersion: values.SALESFORCE_API_VERSION,
    timeoutMs: values.SALESFORCE_TIMEOUT_MS,
    pubsubEndpoint: values.SALESFORCE_PUBSUB_ENDPOINT,
    pubsubCaPem: values.SALESFORCE_PUBSUB_CA,
  });
}

export function picklistsOf(values: CrmIngestConfig): Picklists {
  return { stages: values.SALESFORCE_STAGES, statuses: values.SALESFORCE_CONTRACT_STATUSES };
}

import { salesforceConfig, type SalesforceConfig } from '@tieout/connector-salesforce';
import { defineConfig, wholeNumber, type ConfigOf } from '@tieout/platform';
import { z } from 'zod';

const { loginUrl, audience, consumerKey, username, privateKeyPem, apiVersion } = salesforceConfig.shape;

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
  SALESFORCE_POLL_INTERVAL_MS: {
    schema: wholeNumber(50, 600_000),
    description: 'Time between polls for changes.',
    default: '5000',
  },
  SALESFORCE_OVERLAP_SECONDS: {
    schema: wholeNumber(2, 86_400),
    description: 'How far back a poll looks again: longer than the longest transaction in the org.',
    default: '300',
  },
});

export type CrmIngestConfig = ConfigOf<typeof config>;

export function connectorConfig(values: CrmIngestConfig): SalesforceConfig {
  return {
    loginUrl: values.SALESFORCE_LOGIN_URL,
    audience: values.SALESFORCE_AUDIENCE,
    consumerKey: values.SALESFORCE_CONSUMER_KEY,
    username: values.SALESFORCE_USERNAME,
    privateKeyPem: values.SALESFORCE_PRIVATE_KEY,
    apiVersion: values.SALESFORCE_API_VERSION,
    timeoutMs: values.SALESFORCE_TIMEOUT_MS,
  };
}

import { z } from 'zod';

/** How to reach one Salesforce org: a connected app with a certificate, used by the JWT bearer flow. */
export const salesforceConfig = z.object({
  /** Where tokens come from: https://login.salesforce.com, https://test.salesforce.com or the org's My Domain. */
  loginUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** `aud` of the assertion; a My Domain takes this value too. */
  audience: z.string().default('https://login.salesforce.com'),
  consumerKey: z.string().min(1),
  username: z.string().min(1),
  /** PKCS #8 key of the certificate that the connected app trusts. */
  privateKeyPem: z.string().includes('PRIVATE KEY', { error: 'expected a PEM private key (PKCS #8)' }),
  apiVersion: z
    .string()
    .regex(/^v\d{2,3}\.0$/, 'expected vNN.0')
    .default('v63.0'),
  /** Longest wait for one answer, in milliseconds. */
  timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
  /** Host and port of the Pub/Sub API. */
  pubsubEndpoint: z
    .string()
    .regex(/^[\w.-]+:\d{1,5}$/, 'expected host:port')
    .default('api.pubsub.salesforce.com:7443'),
  /** PEM of the authority that signed the endpoint's certificate; absent: those that Node trusts. */
  pubsubCaPem: z.string().includes('CERTIFICATE', { error: 'expected a PEM certificate' }).optional(),
  /** A subscription that is silent for longer is dead: the vendor sends a keepalive every 270 s. */
  pubsubSilenceMs: z.number().int().min(100).max(3_600_000).default(300_000),
});

export type SalesforceConfig = z.output<typeof salesforceConfig>;

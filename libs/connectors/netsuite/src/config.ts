import { z } from 'zod';

const base = {
  /** https://<account>.suitetalk.api.netsuite.com */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** IANA name of the account's time zone: SuiteQL states and compares instants in it. */
  timeZone: z.string().default('America/Los_Angeles').refine(isTimeZone, { error: 'expected an IANA time zone' }),
  /** Calls at once from this process, where no budget is given: the account's limit minus a reserve, divided by the replicas. */
  concurrency: z.number().int().min(1).max(100).default(4),
  /** Longest wait for one answer, in milliseconds: longer than the minute after which NetSuite doubts a login under load. */
  timeoutMs: z.number().int().min(100).max(900_000).default(90_000),
};

/** How to reach one NetSuite account by token-based authentication (OAuth 1.0a), and its limits. */
export const netsuiteConfig = z.object({
  ...base,
  /** Account id as NetSuite writes it, e.g. 123456_SB1: the realm of the signature. */
  account: z.string().min(1),
  consumerKey: z.string().min(1),
  consumerSecret: z.string().min(1),
  tokenKey: z.string().min(1),
  tokenSecret: z.string().min(1),
});

/** The same by OAuth 2.0 client credentials: the machine signs in with a certificate that the account knows. */
export const netsuiteCertificateConfig = z.object({
  ...base,
  /** Client id of the integration record. */
  clientId: z.string().min(1),
  /** Id that the account gave the certificate. */
  certificateId: z.string().min(1),
  /** PEM (PKCS #8) of the certificate's key: EC, or RSA of 3072 bits and more. */
  privateKeyPem: z.string().min(1),
  /** PEM of the certificate: nobody but we can tell when it ends. */
  certificatePem: z.string().min(1).optional(),
  /** By default what the key is for: PS256, or ES256, ES384, ES512 by its curve. */
  algorithm: z.enum(['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']).optional(),
});

export type NetSuiteTokenConfig = z.output<typeof netsuiteConfig>;
export type NetSuiteCertificateConfig = z.output<typeof netsuiteCertificateConfig>;
export type NetSuiteConfig = NetSuiteTokenConfig | NetSuiteCertificateConfig;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

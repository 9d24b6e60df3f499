import { z } from 'zod';

/** How to reach one NetSuite account: token-based authentication (OAuth 1.0a) and its limits. */
export const netsuiteConfig = z.object({
  /** https://<account>.suitetalk.api.netsuite.com */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** Account id as NetSuite writes it, e.g. 123456_SB1: the realm of the signature. */
  account: z.string().min(1),
  consumerKey: z.string().min(1),
  consumerSecret: z.string().min(1),
  tokenKey: z.string().min(1),
  tokenSecret: z.string().min(1),
  /** IANA name of the account's time zone: SuiteQL states and compares instants in it. */
  timeZone: z.string().default('America/Los_Angeles').refine(isTimeZone, { error: 'expected an IANA time zone' }),
  /** Calls at once from this process: the account's limit minus a reserve, divided by the replicas. */
  concurrency: z.number().int().min(1).max(100).default(4),
  /** Longest wait for one answer, in milliseconds. */
  timeoutMs: z.number().int().min(100).max(900_000).default(60_000),
});

export type NetSuiteConfig = z.output<typeof netsuiteConfig>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

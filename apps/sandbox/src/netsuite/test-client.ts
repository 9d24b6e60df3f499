import { randomBytes } from 'node:crypto';
import { percentEncode, sign, signatureBase } from './oauth.ts';
import type { NetSuiteCredentials } from './start.ts';

export interface CallOptions {
  readonly body?: unknown;
  /** Body text as it goes over the wire, for amounts that JSON.stringify would change. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  /** OAuth parameters to overwrite, for requests that must be refused. */
  readonly oauth?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The wire's own JSON: what a test reads of it, it asserts.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

/** A signed call of a spec; the connector has its own signing, so that the two can disagree. */
export async function call(
  credentials: NetSuiteCredentials,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const url = new URL(path.startsWith('http') ? path : `${credentials.url}/services/rest${path}`);
  const text = options.text ?? (options.body === undefined ? null : JSON.stringify(options.body));
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: authorization(credentials, method, url, options.oauth ?? {}),
      ...options.headers,
    },
    body: text,
  });
  const answer = await response.text();
  const json: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(answer) : null;
  return { status: response.status, headers: response.headers, text: answer, json };
}

export function authorization(
  credentials: NetSuiteCredentials,
  method: string,
  url: URL,
  overwrite: Record<string, string>,
): string {
  const oauth = new Map(
    Object.entries({
      realm: credentials.account,
      oauth_consumer_key: credentials.consumerKey,
      oauth_token: credentials.tokenKey,
      oauth_signature_method: 'HMAC-SHA256',
      oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_nonce: randomBytes(16).toString('hex'),
      oauth_version: '1.0',
      ...overwrite,
    }),
  );
  if (!oauth.has('oauth_signature')) {
    const base = signatureBase(method, url, oauth);
    oauth.set('oauth_signature', sign(base, credentials.consumerSecret, credentials.tokenSecret));
  }
  return `OAuth ${[...oauth].map(([key, value]) => `${key}="${percentEncode(value)}"`).join(',')}`;
}

/** Runs a query with its parameters and answers the whole response. */
export function suiteQl(
  credentials: NetSuiteCredentials,
  q: string,
  params: readonly (string | number)[] = [],
  page = '',
): Promise<Answer> {
  return call(credentials, 'POST', `/query/v1/suiteql${page}`, {
    body: { q, params },
    headers: { Prefer: 'transient' },
  });
}

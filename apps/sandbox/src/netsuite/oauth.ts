import { createHmac, timingSafeEqual } from 'node:crypto';

/** One integration's token-based-authentication secrets, as NetSuite's set-up page hands them out. */
export interface TokenSecrets {
  readonly account: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenKey: string;
  readonly tokenSecret: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Scheme, host and path as the client addressed them, with the query. */
  readonly url: URL;
  readonly authorization: string | undefined;
}

export interface NonceMemory {
  /** False when the (token, nonce) pair was seen before. */
  remember(key: string, expiresAtSeconds: number, nowSeconds: number): boolean;
}

export type AuthVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const maximumSkewSeconds = 300;

/** RFC 3986: encodeURIComponent leaves `!*'()` alone, the signature base string may not. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function parseAuthorization(header: string | undefined): Map<string, string> | null {
  if (!header || !/^OAuth\s/i.test(header)) return null;
  const parameters = new Map<string, string>();
  for (const part of header.replace(/^OAuth\s+/i, '').split(',')) {
    const match = /^\s*([A-Za-z_]+)="([^"]*)"\s*$/.exec(part);
    if (!match || parameters.has(match[1]!)) return null;
    try {
      parameters.set(match[1]!, decodeURIComponent(match[2]!));
    } catch {
      return null;
    }
  }
  return parameters;
}

/** The text both sides sign: method, URL without query, and all parameters sorted after encoding; the realm is not signed. */
export function signatureBase(method: string, url: URL, oauth: ReadonlyMap<string, string>): string {
  const pairs: [string, string][] = [...url.searchParams].map(([k, v]) => [percentEncode(k), percentEncode(v)]);
  for (const [key, value] of oauth) {
    if (key !== 'realm' && key !== 'oauth_signature') pairs.push([percentEncode(key), percentEncode(value)]);
  }
  pairs.sort(([ak, av], [bk, bv]) => (ak === bk ? compare(av, bv) : compare(ak, bk)));
  const parameters = pairs.map(([k, v]) => `${k}=${v}`).join('&');
  return [method.toUpperCase(), `${url.protocol}//${url.host}${url.pathname}`, parameters].map(percentEncode).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sign(base: string, consumerSecret: string, tokenSecret: string): string {
  return createHmac('sha256', `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`)
    .update(base)
    .digest('base64');
}

export function verifyRequest(
  request: SignedRequest,
  secrets: TokenSecrets,
  nonces: NonceMemory,
  nowSeconds: number,
): AuthVerdict {
  const oauth = parseAuthorization(request.authorization);
  if (!oauth) return refuse('no OAuth authorization header');
  const wrong = wrongParameter(oauth, secrets, nowSeconds);
  if (wrong) return refuse(wrong);
  const expected = sign(signatureBase(request.method, request.url, oauth), secrets.consumerSecret, secrets.tokenSecret);
  if (!sameText(oauth.get('oauth_signature') ?? '', expected)) return refuse('signature does not match');
  const nonce = [oauth.get('oauth_nonce'), oauth.get('oauth_timestamp')].join('|');
  const fresh = nonces.remember(nonce, nowSeconds + 2 * maximumSkewSeconds, nowSeconds);
  return fresh ? { ok: true } : refuse('nonce was used before');
}

function wrongParameter(oauth: ReadonlyMap<string, string>, secrets: TokenSecrets, nowSeconds: number): string | null {
  if (oauth.get('realm') !== secrets.account) return 'realm is not this account';
  if (oauth.get('oauth_consumer_key') !== secrets.consumerKey) return 'unknown consumer';
  if (oauth.get('oauth_token') !== secrets.tokenKey) return 'unknown token';
  if (oauth.get('oauth_signature_method') !== 'HMAC-SHA256') return 'signature method must be HMAC-SHA256';
  if ((oauth.get('oauth_version') ?? '1.0') !== '1.0') return 'oauth_version must be 1.0';
  if (!oauth.get('oauth_nonce')) return 'nonce is missing';
  const timestamp = Number(oauth.get('oauth_timestamp'));
  if (!Number.isInteger(timestamp)) return 'timestamp is missing';
  return Math.abs(nowSeconds - timestamp) > maximumSkewSeconds ? 'timestamp is too far from the server clock' : null;
}

function refuse(reason: string): AuthVerdict {
  return { ok: false, reason };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Nonces are forgotten once their timestamp could no longer be accepted, so the memory stays bounded. */
export function createNonceMemory(): NonceMemory {
  const seen = new Map<string, number>();
  return {
    remember(key, expiresAtSeconds, nowSeconds) {
      for (const [old, expiry] of seen) {
        if (expiry > nowSeconds) break;
        seen.delete(old);
      }
      if (seen.has(key)) return false;
      seen.set(key, expiresAtSeconds);
      return true;
    },
  };
}

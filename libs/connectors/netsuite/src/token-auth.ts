import { createHmac } from 'node:crypto';

export interface TokenSecrets {
  readonly account: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenKey: string;
  readonly tokenSecret: string;
}

/** `Authorization` header of one call (OAuth 1.0a, HMAC-SHA256). The body is not signed when it is JSON; the realm never is. */
export function authorizationHeader(
  secrets: TokenSecrets,
  call: { readonly method: string; readonly url: URL; readonly nonce: string; readonly timestamp: number },
): string {
  const oauth: [string, string][] = [
    ['oauth_consumer_key', secrets.consumerKey],
    ['oauth_nonce', call.nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(call.timestamp)],
    ['oauth_token', secrets.tokenKey],
    ['oauth_version', '1.0'],
  ];
  const parameters = [...call.url.searchParams, ...oauth]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    // Pairs sort by encoded name, then value; '=' sorts below every character an encoded name may hold but '-', '.' and digits.
    .sort((a, b) => comparePairs(a.split('='), b.split('=')))
    .join('&');
  const base = [call.method, call.url.origin + call.url.pathname, parameters].map(encode).join('&');
  const key = `${encode(secrets.consumerSecret)}&${encode(secrets.tokenSecret)}`;
  const signature = createHmac('sha256', key).update(base).digest('base64');
  const all: [string, string][] = [['realm', secrets.account], ...oauth, ['oauth_signature', signature]];
  return `OAuth ${all.map(([name, value]) => `${name}="${encode(value)}"`).join(',')}`;
}

function comparePairs([ak = '', av = '']: string[], [bk = '', bv = '']: string[]): number {
  if (ak !== bk) return ak < bk ? -1 : 1;
  return av < bv ? -1 : av > bv ? 1 : 0;
}

/** RFC 3986; encodeURIComponent leaves `!*'()` as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

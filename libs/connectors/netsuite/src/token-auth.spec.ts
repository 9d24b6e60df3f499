import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { authorizationHeader } from './token-auth.ts';

const secrets = { account: '123456_SB1', consumerKey: 'ck', consumerSecret: 'cs+', tokenKey: 'tk', tokenSecret: 'ts/' };

it('signs method, address without query, and all parameters in encoded order; the realm is sent and not signed', () => {
  const url = new URL("https://acct.example:8443/a/b?offset=0&limit=10&q=a b!*'()");
  const header = authorizationHeader(secrets, { method: 'GET', url, nonce: 'n1', timestamp: 1700000000 });
  // Written out by hand from RFC 5849, section 3.4.1.
  const base =
    'GET&https%3A%2F%2Facct.example%3A8443%2Fa%2Fb&limit%3D10%26oauth_consumer_key%3Dck%26oauth_nonce%3Dn1' +
    '%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26oauth_token%3Dtk%26oauth_version%3D1.0' +
    '%26offset%3D0%26q%3Da%2520b%2521%252A%2527%2528%2529';
  const signature = createHmac('sha256', 'cs%2B&ts%2F').update(base).digest('base64');
  expect(header).toContain(`oauth_signature="${encodeURIComponent(signature)}"`);
  expect(header.startsWith('OAuth realm="123456_SB1",')).toBe(true);
});

import { importPKCS8, SignJWT } from 'jose';
import type { SalesforceCredentials } from './start.ts';

export const BASE = '/services/data/v63.0';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, for amounts that JSON.parse would change. */
  readonly text: string;
  // The wire's own JSON: what a test reads of it, it asserts.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}

/** What an assertion says instead of the truth, for sign-ins that must be refused. */
export interface Assertion {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
  readonly exp?: string;
  readonly key?: string;
}

/** Signs in with a JWT; the connector has its own signing, so that the two can disagree. */
export async function login(credentials: SalesforceCredentials, changed: Assertion = {}): Promise<Answer> {
  const { loginUrl, consumerKey, username, privateKeyPem } = credentials;
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(changed.iss ?? consumerKey)
    .setSubject(changed.sub ?? username)
    .setAudience(changed.aud ?? 'https://login.salesforce.com')
    .setExpirationTime(changed.exp ?? '3m')
    .sign(await importPKCS8(changed.key ?? privateKeyPem, 'RS256'));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  return answerOf(await fetch(`${loginUrl}/services/oauth2/token`, { method: 'POST', body }));
}

/** REST calls of a spec in one session. */
export interface RestSession {
  readonly token: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The body as text goes over the wire as it is. */
  post(object: string, body: object | string): Promise<string>;
  patch(object: string, id: string, body: object | string, headers?: Record<string, string>): Promise<Answer>;
  query(soql: string, headers?: Record<string, string>, resource?: 'query' | 'queryAll'): Promise<Answer>;
  /** A call of the sandbox's side door. */
  door(path: string, body?: object): Promise<Answer>;
}

export async function signIn(credentials: SalesforceCredentials): Promise<RestSession> {
  const { access_token: token } = (await login(credentials)).body as { access_token: string };
  return restSession(credentials.loginUrl, token);
}

export function restSession(url: string, token: string): RestSession {
  const call: RestSession['call'] = async (method, path, body, headers = {}) => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const sent = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
    return answerOf(await fetch(`${url}${path}`, { method, headers: sent, ...init }));
  };
  return {
    token,
    call,
    async post(object, body) {
      const answer = await call('POST', `${BASE}/sobjects/${object}`, body);
      if (answer.status !== 201) throw new Error(`${object} was refused: ${answer.text}`);
      return (answer.body as { id: string }).id;
    },
    patch: (object, id, body, headers) => call('PATCH', `${BASE}/sobjects/${object}/${id}`, body, headers),
    query: (soql, headers, resource = 'query') =>
      call('GET', `${BASE}/${resource}?q=${encodeURIComponent(soql)}`, undefined, headers),
    door: async (path, body = {}) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return answerOf(await fetch(`${url}/sandbox${path}`, init));
    },
  };
}

import type { SapCredentials } from './start.ts';

export interface CallOptions {
  readonly body?: unknown;
  /** Body as it goes over the wire. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly session?: Session;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The wire's own JSON: what a test reads of it, it asserts.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

/** What a write needs: the token and the cookies it belongs to. */
export interface Session {
  readonly token: string;
  readonly cookie: string;
}

/** A call of a spec by password; the connector has its own client, so that the two can disagree. */
export async function call(
  credentials: Pick<SapCredentials, 'url' | 'user' | 'password'>,
  method: string,
  path: string,
  { body, text, headers, session }: CallOptions = {},
): Promise<Answer> {
  const address = path.startsWith('http') ? path : `${credentials.url}/sap/opu/odata/sap/${path}`;
  const basic = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  const content = text ?? (body === undefined ? null : JSON.stringify(body));
  const response = await fetch(address, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${basic}`,
      ...(content === null ? {} : { 'content-type': 'application/json' }),
      ...(session && { 'x-csrf-token': session.token, cookie: session.cookie }),
      ...headers,
    },
    body: content,
  });
  const answer = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && answer !== '';
  const json: unknown = isJson ? JSON.parse(answer) : null;
  return { status: response.status, headers: response.headers, text: answer, json };
}

export async function fetchSession(
  credentials: Pick<SapCredentials, 'url' | 'user' | 'password'>,
  service: string,
  headers: Record<string, string> = {},
): Promise<Session> {
  const answer = await call(credentials, 'HEAD', `${service}/`, { headers: { 'x-csrf-token': 'Fetch', ...headers } });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
  return { token: answer.headers.get('x-csrf-token') ?? '', cookie: cookies.join('; ') };
}

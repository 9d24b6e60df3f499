/** An OpenID Connect issuer for this machine: real tokens and keys, and users that nobody has to log in. Never deployed. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeySet, type KeySet } from './issuer-keys.ts';

export const ISSUER_AUDIENCE = 'tieout';
export const ISSUER_CLIENT = 'tieout-local';
/** Grant of a token for any user with any roles, to whoever knows the client's secret. */
export const NAMED_USER_GRANT = 'urn:tieout:grant-type:named-user';

export interface IssuerServer {
  /** Address, and `iss` of its tokens. */
  readonly url: string;
  /** A token as the named-user grant gives it. */
  token(user: NamedUser): Promise<string>;
  /** A new key signs from now on; older ones stay published unless they are withdrawn. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export interface NamedUser {
  readonly subject: string;
  readonly roles: readonly string[];
  /** Seconds, default one hour. */
  readonly lifetime?: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const MAX_BODY = 8_192;
const LIFETIME = 3_600;
const LONGEST_LIFETIME = 86_400;

/** Listens on 127.0.0.1; port 0 takes a free one. */
export async function startIssuerServer(options: {
  readonly port?: number;
  readonly secret: string;
}): Promise<IssuerServer> {
  const keys = await createKeySet();
  const server = createServer();
  await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = ({ subject, roles, lifetime = LIFETIME }: NamedUser): Promise<string> =>
    keys.sign({ iss: url, aud: ISSUER_AUDIENCE, sub: subject, client_id: ISSUER_CLIENT, roles: [...roles] }, lifetime);
  const routes = routesOf({ url, keys, secret: options.secret, sign });
  server.on('request', (request, response) => {
    void answer(routes, request).then(({ status, body }) => {
      const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="local issuer"' } : {};
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...challenge });
      response.end(JSON.stringify(body));
    });
  });
  return {
    url,
    token: sign,
    rotate: ({ withdraw = false } = {}) => keys.rotate(withdraw),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Route = (form: URLSearchParams, request: IncomingMessage) => Promise<Answer> | Answer;

interface Served {
  readonly url: string;
  readonly keys: KeySet;
  readonly secret: string;
  readonly sign: (user: NamedUser) => Promise<string>;
}

function routesOf({ url, keys, secret, sign }: Served): Readonly<Record<string, Route>> {
  const forClient =
    (route: Route): Route =>
    (form, request) =>
      isClient(form, request, secret) ? route(form, request) : refusal(401, 'invalid_client', 'not the id and secret');
  return {
    'GET /.well-known/openid-configuration': () => ok(discoveryDocument(url)),
    'GET /jwks': () => ok({ keys: keys.published() }),
    'POST /token': forClient(async (form) => {
      const user = userOf(form);
      if ('status' in user) return user;
      const lifetime = user.lifetime ?? LIFETIME;
      return ok({ access_token: await sign(user), token_type: 'Bearer', expires_in: lifetime });
    }),
    'POST /rotate': forClient(async (form) => {
      await keys.rotate(form.get('withdraw') === 'true');
      return ok({ keys: keys.published().map(({ kid }) => kid) });
    }),
  };
}

function discoveryDocument(url: string): object {
  return {
    issuer: url,
    jwks_uri: `${url}/jwks`,
    token_endpoint: `${url}/token`,
    grant_types_supported: ['client_credentials', NAMED_USER_GRANT],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

function userOf(form: URLSearchParams): NamedUser | Answer {
  const grant = form.get('grant_type');
  if (grant === 'client_credentials') return { subject: ISSUER_CLIENT, roles: ['operator'] };
  if (grant !== NAMED_USER_GRANT)
    return refusal(400, 'unsupported_grant_type', `client_credentials or ${NAMED_USER_GRANT}`);
  const subject = form.get('username') ?? '';
  const roles = (form.get('roles') ?? '').split(' ').filter((role) => role !== '');
  const lifetime = Number(form.get('lifetime') ?? LIFETIME);
  if (subject === '') return refusal(400, 'invalid_request', 'username is missing');
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > LONGEST_LIFETIME)
    return refusal(400, 'invalid_request', `lifetime: seconds from 1 to ${LONGEST_LIFETIME}`);
  return { subject, roles, lifetime };
}

/** By HTTP basic authentication or in the form, as RFC 6749 has both. */
function isClient(form: URLSearchParams, { headers }: IncomingMessage, secret: string): boolean {
  const basic = /^Basic (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given =
    basic === undefined
      ? `${form.get('client_id') ?? ''}:${form.get('client_secret') ?? ''}`
      : Buffer.from(basic, 'base64').toString();
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(`${ISSUER_CLIENT}:${secret}`));
}

async function answer(routes: Readonly<Record<string, Route>>, request: IncomingMessage): Promise<Answer> {
  const route = routes[`${request.method ?? ''} ${request.url?.split('?')[0] ?? ''}`];
  if (route === undefined) return refusal(404, 'not_found', 'see /.well-known/openid-configuration');
  try {
    const form = await formOf(request);
    return form === null ? refusal(413, 'invalid_request', 'too large') : await route(form, request);
  } catch (error) {
    return refusal(500, 'server_error', (error as Error).message);
  }
}

/** null when it is too large */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MAX_BODY) return null;
  }
  return new URLSearchParams(text);
}

const ok = (body: object): Answer => ({ status: 200, body });
const refusal = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

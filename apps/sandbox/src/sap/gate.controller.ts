import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { cookieValue, type Sessions } from './odata/sessions.ts';
import { basicCredentials, sameText, type TokenOffice } from './oauth.controller.ts';

export interface Login {
  readonly client: string;
  readonly user: string;
  readonly password: string;
}

export interface Load {
  readonly limit: number;
  /** What calls beyond the limit get. */
  readonly status: 429 | 503;
  inFlight: number;
  calls: number;
  refused: number;
}

/** The system's id, a part of its cookies' names. */
const systemId = 'S4H';

/** Signs in by password or token, on the system's own client only; puts the user's name into `response.locals.user`. */
export function authentication(login: Login, office: TokenOffice): RequestHandler {
  return (request, response, next) => {
    const user = userOf(request, login, office);
    const client = new URL(request.originalUrl, 'http://x').searchParams.get('sap-client') ?? request.get('sap-client');
    if (user === null || (client !== undefined && client !== login.client)) return void refuse(response, login);
    (response.locals as { user?: string }).user = user;
    response.append('Set-Cookie', `sap-usercontext=sap-client=${login.client}; path=/`);
    next();
  };
}

function userOf(request: Request, login: Login, office: TokenOffice): string | null {
  const header = request.get('authorization');
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (token !== undefined) return office.clientOf(token);
  const given = basicCredentials(header);
  return given && given[0] === login.user && sameText(given[1], login.password) ? login.user : null;
}

function refuse(response: Response, { client }: Login): void {
  response
    .status(401)
    .setHeader('WWW-Authenticate', `Basic realm="SAP NetWeaver Application Server [${systemId}/${client}]"`);
  response.type('html').send(page('Logon Error Message', 'Logon failed'));
}

/** Refuses calls beyond what the system serves at a time. */
export function concurrencyGate(load: Load): RequestHandler {
  return (_request, response, next) => {
    if (load.inFlight >= load.limit) {
      load.refused += 1;
      const text = load.status === 429 ? 'Too Many Requests' : 'Service Unavailable';
      return void response.status(load.status).setHeader('Retry-After', '1').type('html').send(page(text, text));
    }
    load.calls += 1;
    load.inFlight += 1;
    response.once('close', () => (load.inFlight -= 1));
    next();
  };
}

/** The service root without its slash leads to the one with it; the answer has neither token nor session. */
export const rootRedirect: RequestHandler = (request, response, next) => {
  const isRoot = /^\/[^/?]+(\?.*)?$/.test(request.url);
  if (!isRoot || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
  response.redirect(301, request.originalUrl.replace(/(\?.*)?$/, '/$1'));
};

/** Gives a token to a safe call that asks for one, and lets no other pass without the one of its session. */
export function csrfProtection(sessions: Sessions, client: string, now: () => Date): RequestHandler {
  const name = `SAP_SESSIONID_${systemId}_${client}`;
  return (request, response, next) => {
    const { user } = response.locals as { user: string };
    const id = cookieValue(request.get('cookie'), name);
    const token = request.get('x-csrf-token') ?? '';
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (token.toLowerCase() === 'fetch') handOut(response, sessions.open(id, user, now()));
      return next();
    }
    if (sessions.accepts(id, user, token, now())) return next();
    response.status(403).setHeader('x-csrf-token', 'Required');
    response.type('text/plain').send('CSRF token validation failed');
  };

  function handOut(response: Response, session: { readonly id: string; readonly token: string }): void {
    response.setHeader('x-csrf-token', session.token);
    response.append('Set-Cookie', `${name}=${session.id}; path=/; HttpOnly`);
    response.append('Set-Cookie', `sap-XSRF_${systemId}_${client}=${encodeURIComponent(session.token)}; path=/`);
  }
}

/** A body that is too large or in an unknown encoding does not reach the services. */
export const answerUnreadable: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error);
  const status = error.status ?? 500;
  response
    .status(status)
    .type('html')
    .send(page('Error Report', STATUS_CODES[status] ?? 'Error'));
};

export function page(title: string, text: string): string {
  return `<html><head><title>${title}</title></head><body><h1>${text}</h1></body></html>`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { BearerTokens } from './bearer-tokens.ts';
import type { Fault, FaultList } from './faults.ts';
import { createNonceMemory, verifyRequest, type TokenSecrets } from './oauth.ts';
import { NetSuiteProblem, problemBody, problemContentType } from './problem.ts';

export interface Load {
  limit: number;
  inFlight: number;
  calls: number;
  refused: number;
  /** Calls at once, at most, since the start. */
  peak: number;
  /** What becomes of a call too many: refused at once, or, as seen in the wild, doubted as a login after a long wait. */
  overload: 'refuse' | 'slow-401';
  overloadDelayMs: number;
  /** How long an asynchronous job waits for its turn. */
  jobDelayMs: number;
}

/** How calls sign in: token-based authentication, or the bearer token that a machine was given. */
export interface SignIn {
  readonly secrets: TokenSecrets;
  readonly tokens: BearerTokens;
  readonly now: () => Date;
}

const loginDetail =
  'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.';

/** Verifies the OAuth 1.0a signature of a call as addressed by the client, or its bearer token. */
export function authentication({ secrets, tokens, now }: SignIn): RequestHandler {
  const nonces = createNonceMemory();
  return (request, response, next) => {
    const bearer = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (bearer !== undefined) {
      if (!tokens.isValid(bearer, now())) throw loginRefused(response, 'Bearer', secrets, 'unknown or expired token');
      next();
      return;
    }
    const url = new URL(request.originalUrl, `http://${request.get('host') ?? '127.0.0.1'}`);
    const signed = { method: request.method, url, authorization: request.get('authorization') };
    const verdict = verifyRequest(signed, secrets, nonces, Math.floor(now().getTime() / 1000));
    if (!verdict.ok) throw loginRefused(response, 'OAuth', secrets, verdict.reason);
    next();
  };
}

function loginRefused(
  response: Response,
  scheme: 'OAuth' | 'Bearer',
  { account }: TokenSecrets,
  reason: string,
): NetSuiteProblem {
  const challenge = `${scheme} realm="${account}", error="token_rejected", error_description="Invalid login attempt."`;
  response.setHeader('WWW-Authenticate', challenge);
  // The vendor names the reason in its audit trail only; a developer reads it from this header.
  response.setHeader('X-Sandbox-Reason', reason);
  return new NetSuiteProblem(401, 'INVALID_LOGIN', loginDetail);
}

/** Turns calls beyond the account's limit away. The body of the real 429 is not documented: this one is assumed. */
export function concurrencyGate(load: Load): RequestHandler {
  return async (_request, response, next) => {
    if (load.inFlight >= load.limit) {
      load.refused += 1;
      if (load.overload === 'refuse') throw tooManyAtOnce();
      await sleep(load.overloadDelayMs, undefined, { ref: false });
      throw new NetSuiteProblem(401, 'INVALID_LOGIN', loginDetail);
    }
    load.calls += 1;
    load.inFlight += 1;
    load.peak = Math.max(load.peak, load.inFlight);
    response.once('close', () => (load.inFlight -= 1));
    next();
  };
}

function tooManyAtOnce(): NetSuiteProblem {
  return new NetSuiteProblem(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.');
}

export function faultInjection(faults: FaultList): RequestHandler {
  return async (request, response, next) => {
    const fault = faults.take(request.method, request.originalUrl);
    // Any kind may come late: excess load also shows as a 401 after a minute.
    if (fault) await sleep(fault.delayMs ?? (fault.kind === 'slow' ? 1000 : 0));
    if (fault?.kind === 'cut-before') return void request.socket.destroy();
    if (fault?.kind === 'cut-after') cutAnswer(response);
    if (fault?.kind === 'error') throw injected(fault);
    next();
  };
}

/** The work is done and committed when the answer would go out; the caller never learns it. */
function cutAnswer(response: Response): void {
  response.end = function end(): Response {
    response.socket?.destroy();
    return response;
  } as Response['end'];
}

function injected(fault: Fault): NetSuiteProblem {
  const status = fault.status ?? 503;
  if (status === 401) return new NetSuiteProblem(401, 'INVALID_LOGIN', loginDetail);
  if (status === 429) return tooManyAtOnce();
  const code = status < 500 ? 'USER_ERROR' : 'UNEXPECTED_ERROR';
  return new NetSuiteProblem(status, code, 'An unexpected error occurred. Error ID: sandbox');
}

export const answerProblem: ErrorRequestHandler = (error: Error & { type?: string }, _request, response, _next) => {
  const problem = asProblem(error);
  response.status(problem.status).setHeader('Content-Type', problemContentType);
  response.send(JSON.stringify(problemBody(problem)));
};

function asProblem(error: Error & { type?: string }): NetSuiteProblem {
  if (error instanceof NetSuiteProblem) return error;
  if (error.type === 'entity.too.large')
    return new NetSuiteProblem(413, 'INVALID_CONTENT', 'The request body is too large.');
  return new NetSuiteProblem(500, 'UNEXPECTED_ERROR', `An unexpected error occurred: ${error.message}`);
}

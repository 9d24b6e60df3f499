import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Counter } from 'prom-client';
import type { BaseConfig } from '../base-config.ts';
import { currentCorrelation, withCorrelation } from '../correlation.ts';
import type { Logger } from '../logging.ts';
import type { Metrics } from '../metrics.ts';
import { publishedKeys } from './issuer.client.ts';
import { COOLDOWN_MS, issuerKeys } from './issuer-keys.ts';
import { authRefusals, Refusal } from './refusal.ts';
import { noteUser, requiredRoles } from './roles.ts';
import type { User } from './roles.ts';
import { tokenVerifier } from './token-verifier.ts';
import type { TokenVerifier } from './token-verifier.ts';

const MAX_HEADER = 8_192;

/**
 * Lets a call to a handler under `@RequireRole` through when its bearer token is good and carries one of the roles; everything else
 * passes unseen. A guarded call costs one signature check; every one leaves a log line with user, route and correlation id.
 */
export class AuthGuard implements CanActivate {
  readonly #verify: TokenVerifier | null;
  readonly #logger: Logger;
  readonly #refusals: Counter<'reason'>;

  /** @param verify null refuses every guarded call: without an issuer nobody can be known */
  constructor(verify: TokenVerifier | null, logger: Logger, metrics: Metrics) {
    this.#verify = verify;
    this.#logger = logger;
    this.#refusals = authRefusals(metrics);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const roles = requiredRoles(context.getHandler(), context.getClass());
    if (roles === null) return true;
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    try {
      const user = await this.#identify(request.headers.authorization);
      noteUser(request, user);
      this.#logWhenDone(request, response, user);
      if (roles.some((role) => user.roles.includes(role))) return true;
      throw new Refusal('role', `This needs the role ${roles.join(' or ')}, which the token does not carry.`);
    } catch (error) {
      if (error instanceof Refusal) this.#refuse(error, request, response);
      throw error;
    }
  }

  async #identify(header: string | undefined): Promise<User> {
    if (this.#verify === null) throw new Refusal('not_configured');
    if (header === undefined) throw new Refusal('missing');
    if (header.length > MAX_HEADER) throw new Refusal('too_large');
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (token === undefined) throw new Refusal(/^Bearer\b/i.test(header) ? 'malformed' : 'missing');
    return this.#verify(token);
  }

  #refuse({ reason, code, challenge }: Refusal, request: Request, response: Response): void {
    this.#refusals.inc({ reason });
    if (challenge !== null) response.setHeader('WWW-Authenticate', challenge);
    if (reason === 'keys_unavailable') response.setHeader('Retry-After', String(COOLDOWN_MS / 1_000));
    this.#logger.warn({ reason, code, ...called(request) }, 'call refused');
  }

  /** The response ends outside the flow of the request, so its correlation id is carried over. Who hangs up does not go unseen. */
  #logWhenDone(request: Request, response: Response, { subject, roles }: User): void {
    const begun = performance.now();
    const correlationId = currentCorrelation();
    const log = (): void => {
      const durationMs = Math.round(performance.now() - begun);
      const outcome = { status: response.statusCode, completed: response.writableFinished, durationMs };
      this.#logger.info({ user: subject, roles, ...called(request), ...outcome }, 'guarded call');
    };
    if (response.destroyed) log();
    else response.once('close', () => (correlationId === undefined ? log() : withCorrelation(correlationId, log)));
  }
}

const called = ({ method, route }: Request): { method: string; route: string } => ({
  method,
  route: (route as { path?: string } | undefined)?.path ?? 'none',
});

/** The guard of a service: reads the issuer's keys at the first call that needs them. */
export function authGuard(config: BaseConfig, logger: Logger, metrics: Metrics): AuthGuard {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_ROLES_CLAIM: rolesClaim, OIDC_JWKS_URL: jwksUrl } = config;
  if (issuer === undefined || audience === undefined) return new AuthGuard(null, logger, metrics);
  const keys = issuerKeys(() => publishedKeys(issuer, jwksUrl), logger);
  return new AuthGuard(tokenVerifier({ issuer, audience, rolesClaim, keys }), logger, metrics);
}

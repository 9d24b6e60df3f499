import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { CustomDecorator, ExecutionContext } from '@nestjs/common';

/** operator: acts (redrives, decides, replays). auditor: looks at what is not for everyone, changes nothing. */
export const ROLES = ['operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, as the issuer's signed token says. */
export interface User {
  /** The token's `sub`: stable within the issuer, so fit for an audit. */
  readonly subject: string;
  /** Those of the token that Tieout knows; the others mean nothing here. */
  readonly roles: readonly Role[];
}

const REQUIRED_ROLES = 'tieout:required-roles';
const users = new WeakMap<object, User>();

/**
 * Guards a handler, or all of a controller: only a caller with one of these roles gets through (a handler's own list replaces its
 * controller's). No role includes another. Refusals are 401, 403 or 503 before the handler and its input checks run.
 */
export const RequireRole = (role: Role, ...others: readonly Role[]): CustomDecorator =>
  SetMetadata(REQUIRED_ROLES, [role, ...others]);

/** What `@RequireRole` says of a handler of a controller; null when nothing guards it. */
export function requiredRoles(handler: object, controller: object): readonly Role[] | null {
  const of = (target: object): readonly Role[] | undefined =>
    Reflect.getMetadata(REQUIRED_ROLES, target) as readonly Role[] | undefined;
  return of(handler) ?? of(controller) ?? null;
}

/** Noted by the guard, once the token is verified. */
export function noteUser(request: object, user: User): void {
  users.set(request, user);
}

/** Parameter: the `User` who calls. Only under `@RequireRole`; elsewhere nobody is known, and asking is a bug (500). */
export const CurrentUser: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): User => {
    const user = users.get(context.switchToHttp().getRequest<object>());
    if (user === undefined) throw new Error(`@CurrentUser() in ${context.getClass().name} needs @RequireRole`);
    return user;
  },
);

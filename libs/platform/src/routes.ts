import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { requiredRoles, type Role } from './auth/roles.ts';

/** One handler of a service's HTTP API. */
export interface ServiceRoute {
  readonly method: string;
  /** Without parameters filled in, e.g. `runs/:id`. */
  readonly path: string;
  /** Controller and method. */
  readonly handler: string;
  /** null: anybody. */
  readonly roles: readonly Role[] | null;
}

/** A Nest module: a class with metadata, or what `forService()` gives. */
export type NestModule = object;

interface Parts {
  readonly imports?: readonly unknown[];
  readonly controllers?: readonly Controller[];
}
type Controller = new (...args: never[]) => object;

/** Every route that a module and those that it imports declare, read from Nest's metadata: nothing is started. */
export function routesOf(module: NestModule): readonly ServiceRoute[] {
  return [...controllersOf(module, new Set())].flatMap(controllerRoutes);
}

function controllersOf(module: NestModule, seen: Set<unknown>): ReadonlySet<Controller> {
  if (seen.has(module)) return new Set();
  seen.add(module);
  const parts = [declared(module), ...(isDynamic(module) ? [module, declared(module.module)] : [])];
  const imported = parts.flatMap(({ imports = [] }) => imports).map(known);
  return new Set([
    ...parts.flatMap(({ controllers = [] }) => controllers),
    ...imported.flatMap((one) => [...controllersOf(one, seen)]),
  ]);
}

const isDynamic = (module: NestModule): module is Parts & { readonly module: NestModule } => 'module' in module;

function declared(module: NestModule): Parts {
  const of = (key: string): unknown => Reflect.getMetadata(key, module);
  return { imports: (of('imports') as unknown[]) ?? [], controllers: (of('controllers') as Controller[]) ?? [] };
}

/** What cannot be looked into must not be taken for harmless. */
function known(imported: unknown): NestModule {
  if (typeof imported === 'function') return imported;
  if (typeof imported === 'object' && imported !== null && 'module' in imported) return imported;
  throw new Error('a module is imported in a way that this check cannot follow: forwardRef or a promise');
}

function controllerRoutes(controller: Controller): ServiceRoute[] {
  const prefixes = paths(Reflect.getMetadata('path', controller));
  return handlersOf(controller).flatMap(([name, handler]) => {
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const roles = requiredRoles(handler, controller);
    return prefixes.flatMap((prefix) =>
      paths(Reflect.getMetadata('path', handler)).map((path) => ({
        method: RequestMethod[method],
        path: [prefix, path].filter((part) => part !== '' && part !== '/').join('/'),
        handler: `${controller.name}.${name}`,
        roles,
      })),
    );
  });
}

/** Inherited ones too, as Nest's router sees them. */
function handlersOf(controller: Controller): [string, object][] {
  const found = new Map<string, object>();
  for (let at = controller.prototype as object | null; at !== null; at = Object.getPrototypeOf(at) as object | null)
    for (const name of Object.getOwnPropertyNames(at)) {
      const value = Object.getOwnPropertyDescriptor(at, name)?.value as unknown;
      if (name !== 'constructor' && typeof value === 'function' && !found.has(name)) found.set(name, value);
    }
  return [...found];
}

const paths = (path: unknown): readonly string[] => [path].flat().map((one) => (typeof one === 'string' ? one : ''));

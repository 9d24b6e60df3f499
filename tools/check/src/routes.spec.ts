import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import { RequireRole, routesOf, type ServiceDefinition } from '@tieout/platform';
import { describe, expect, it } from 'vitest';
import { unguarded } from './routes.ts';

const APPS = path.resolve(import.meta.dirname, '../../../apps');
const services = globSync('*/src/app.module.ts', { cwd: APPS });

@Controller('base')
class Base {
  @Delete(':id')
  remove(): void {}
}
@Controller(['things', 'stuff'])
class Things extends Base {
  @Get()
  list(): void {}
  @Post('open')
  open(): void {}
  @Post('shut')
  @RequireRole('operator')
  shut(): void {}
}
@Controller('all')
@RequireRole('auditor')
class AllShut {
  @Post()
  post(): void {}
}
@Module({ controllers: [AllShut] })
class Inner {}
class Dynamic {}
@Module({ imports: [Inner, { module: Dynamic, controllers: [Things] }] })
class Outer {}

describe('the routes of a module', () => {
  it('are found through what it imports, with the roles that guard them', () => {
    const found = routesOf(Outer).map(({ method, path: at, roles }) => `${method} ${at} ${roles?.join() ?? '-'}`);
    expect(found.sort()).toEqual([
      'DELETE stuff/:id -',
      'DELETE things/:id -',
      'GET stuff -',
      'GET things -',
      'POST all auditor',
      'POST stuff/open -',
      'POST stuff/shut operator',
      'POST things/open -',
      'POST things/shut operator',
    ]);
  });

  it('are unguarded when they change something for anybody', () => {
    expect(new Set(unguarded(routesOf(Outer)).map(({ handler }) => handler))).toEqual(
      new Set(['Things.open', 'Things.remove']),
    );
  });

  it('are not guessed at where they cannot be seen', () => {
    const Hidden = class {};
    Module({ imports: [Promise.resolve({ module: Inner })] })(Hidden);
    expect(() => routesOf(Hidden)).toThrow(/cannot follow/);
  });
});

describe('every service', () => {
  it('is looked at', () => {
    expect(services.length).toBeGreaterThanOrEqual(5);
  });

  it.each(services)('%s changes nothing for somebody without a role', async (file) => {
    const { service } = (await import(pathToFileURL(path.join(APPS, file)).href)) as { service: ServiceDefinition };
    const routes = routesOf(service.module);
    expect(unguarded(routes).map(({ method, path: at, handler }) => `${method} ${at}: ${handler}`)).toEqual([]);
    if (file.startsWith('reconciliation'))
      expect(routes).toContainEqual(expect.objectContaining({ method: 'POST', path: 'runs', roles: ['operator'] }));
  });
});

import { routesOf } from '@tieout/platform';
import { describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';
import { keyOf, openApiOf } from './document.ts';
import { ROUTE_NOTES } from './routes.ts';

const routes = routesOf(service.module);
/** Those that every service gets from the library have their own how-tos. */
const LIBRARY = ['dead-letters', 'exceptions', 'outbox', 'replays'];
const own = routes.filter(({ path }) => !LIBRARY.some((name) => path.startsWith(name)));
const document = openApiOf('test', routes, ROUTE_NOTES) as {
  paths: Record<string, Record<string, Record<string, unknown>>>;
};

describe('the OpenAPI document', () => {
  it('has every route of the service with its roles', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        route: `${method.toUpperCase()} ${path.slice(1).replaceAll(/\{(\w+)\}/g, ':$1')}`,
        roles: operation['x-roles'] ?? null,
      })),
    );
    const actual = routes.map((route) => ({ route: keyOf(route), roles: route.roles }));
    const byRoute = (a: { route: string }, b: { route: string }): number => (a.route < b.route ? -1 : 1);
    expect(described.toSorted(byRoute)).toEqual(actual.toSorted(byRoute));
  });

  it('says of every route of its own what it is for, and of no other', () => {
    expect(own.map(keyOf).toSorted()).toEqual(Object.keys(ROUTE_NOTES).toSorted());
  });

  it('describes inputs by the schemas that check them', () => {
    const resolve = document.paths['/breaks/{id}/resolve']?.['post'];
    expect(resolve).toMatchObject({
      security: [{ bearer: [] }],
      parameters: [{ name: 'id', in: 'path' }],
      requestBody: {
        content: {
          'application/json': {
            schema: { required: ['expectedRevision', 'resolution', 'reason'], additionalProperties: false },
          },
        },
      },
    });
    const list = document.paths['/breaks']?.['get'] as { parameters: { name: string; required: boolean }[] };
    expect(list.parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'status',
        'check',
        'severity',
        'legalEntity',
        'ownerGroup',
        'assignee',
        'minValue',
        'sort',
      ]),
    );
    expect(list.parameters.every(({ required }) => !required)).toBe(true);
  });

  it('is JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

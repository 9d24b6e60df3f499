import { z } from 'zod';

/** A route as the service has it. */
export interface RouteFact {
  readonly method: string;
  /** As Nest writes it: `breaks/:id`. */
  readonly path: string;
  /** null: anybody. */
  readonly roles: readonly string[] | null;
}

/** What a person has to know of a route beside where it is. */
export interface RouteNote {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of the answer; default application/json. */
  readonly answers?: string;
}

type Json = Record<string, unknown>;

/** OpenAPI 3.1 of a service: its routes as they are, with what the notes say of them by `METHOD path`. */
export function openApiOf(
  title: string,
  routes: readonly RouteFact[],
  notes: Readonly<Record<string, RouteNote>>,
): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const path = `/${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, notes[keyOf(route)]) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Error: ERROR },
    },
  };
}

export const keyOf = ({ method, path }: RouteFact): string => `${method} ${path}`;

function operation(route: RouteFact, note: RouteNote | undefined): Json {
  const { roles, path } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  const guarded = roles === null ? {} : { security: [{ bearer: [] }], 'x-roles': roles };
  const body = note?.body && {
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(note.body) } } },
  };
  return {
    ...(note && { summary: note.summary }),
    parameters: [...inPath, ...(note?.query ? inQuery(note.query) : [])],
    ...guarded,
    ...body,
    responses: {
      '2XX': { description: 'Done.', content: { [note?.answers ?? 'application/json']: {} } },
      default: { description: 'What is wrong and what to do.', content: { 'application/json': { schema: REFERENCE } } },
    },
  };
}

function inQuery(query: z.ZodType): Json[] {
  const { properties = {}, required = [] } = schemaOf(query) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
    ...(description !== undefined && { description }),
  }));
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return json;
}

const REFERENCE = { $ref: '#/components/schemas/Error' };
const text = { type: 'string' };
const ERROR: Json = {
  type: 'object',
  required: ['status', 'code', 'message', 'action', 'correlationId'],
  properties: {
    status: { type: 'integer' },
    code: { ...text, description: 'Stable; programs decide by it.' },
    message: text,
    action: { ...text, description: 'What the caller can do.' },
    correlationId: { type: ['string', 'null'] },
    current: { description: 'With 409: what stands instead of what the caller took for granted.' },
  },
};

import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Schema, Type } from 'avsc';
import { compileOptions, compileSchema } from './avro-types.ts';
import { DataError, errorMessage, MisconfiguredError, TransientError } from './errors.ts';
import { schemaFingerprint, type IdBundle } from './schema-registry-bundle.ts';

/** The registry at run time: read-only, for ids that the bundle does not know. */
export interface SchemaSource {
  /**
   * Schema of an id, compiled with our types.
   * @throws TransientError when the registry cannot be asked, DataError `schema-unknown` when it says that there is no such id
   */
  fetch(id: number): Promise<Type>;
}

export interface RegistryConnection {
  /** Base URL of the Confluent-compatible API. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 2_000;
/** A bad id arrives with every redelivery; the registry is asked for it once in this time. */
const UNKNOWN_ID_TTL_MS = 30_000;
const MAX_UNKNOWN_IDS = 1_000;

/** A registry client with a time limit and without retries of its own: the consumer pauses and retries in the open. */
export function connectRegistry(connection: RegistryConnection, now: () => number = Date.now): SchemaSource {
  const client = createRegistryClient(connection);
  const unknown = new Map<number, number>();
  return {
    async fetch(id) {
      const until = unknown.get(id);
      if (until !== undefined && until > now()) throw unknownId(id);
      try {
        return asAvscType(await client.getSchema(id));
      } catch (error) {
        if (!isNotFound(error)) throw registryError(id, error);
        if (unknown.size >= MAX_UNKNOWN_IDS) unknown.clear();
        unknown.set(id, now() + UNKNOWN_ID_TTL_MS);
        throw unknownId(id);
      }
    },
  };
}

type ClientArguments = ConstructorParameters<typeof SchemaRegistry>[0];

function createRegistryClient({ url, auth, timeoutMs }: RegistryConnection): SchemaRegistry {
  const withTimeout: NonNullable<ClientArguments['middlewares']>[number] = () => ({
    prepareRequest: async (next) => (await next()).enhance({ timeout: timeoutMs ?? DEFAULT_TIMEOUT_MS }),
  });
  return new SchemaRegistry(
    {
      host: url,
      // The library merges this into a default shared by all instances, so every use must state it.
      retry: { retries: 0 },
      middlewares: [withTimeout],
      ...(auth === undefined ? {} : { auth }),
    },
    { [SchemaType.AVRO]: freshOptions() },
  );
}

/**
 * The library compiles every schema with the options that it was given once, and avsc writes the names of a schema into them: a
 * second version of a record, or the same one asked for twice at once, would be refused as a duplicate name.
 */
function freshOptions(): ReturnType<typeof compileOptions> {
  return Object.defineProperty(compileOptions(), 'registry', {
    enumerable: true,
    get: () => compileOptions().registry,
  });
}

/** Registers a schema; only the deploy command does, never a service. @returns the id */
export async function registerSchema(connection: RegistryConnection, subject: string, schema: string): Promise<number> {
  const client = createRegistryClient(connection);
  // Without `compatibility` the library insists on BACKWARD and refuses subjects that are set to anything else.
  const { id } = await client.register(
    { type: SchemaType.AVRO, schema },
    { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
  );
  return id;
}

/**
 * Compares the bundle with the registry: an id that means something else there stops the service.
 * A registry that does not answer is tolerated, the bundle is enough to run.
 * @returns false when the registry could not be asked
 */
export async function verifyBundle(connection: RegistryConnection, bundle: IdBundle): Promise<boolean> {
  for (const entry of bundle.schemas) {
    const text = await fetchSchemaText(connection, entry.id);
    if (text === UNREACHABLE) return false;
    if (text === null || schemaFingerprint(text) !== entry.fingerprint)
      throw new MisconfiguredError(
        'bundle-mismatch',
        `Schema id ${entry.id} of ${entry.topic} is ${text === null ? 'missing' : 'another schema'} in the registry`,
      );
  }
  return true;
}

const UNREACHABLE = Symbol('unreachable');

async function fetchSchemaText(
  { url, auth, timeoutMs }: RegistryConnection,
  id: number,
): Promise<string | null | typeof UNREACHABLE> {
  const headers =
    auth === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
  try {
    const response = await fetch(`${url}/schemas/ids/${id}`, {
      headers,
      signal: AbortSignal.timeout(timeoutMs ?? DEFAULT_TIMEOUT_MS),
    });
    if (response.status === 404) return null;
    return response.ok ? ((await response.json()) as { schema: string }).schema : UNREACHABLE;
  } catch {
    return UNREACHABLE;
  }
}

function asAvscType(schema: unknown): Type {
  // Two copies of avsc in the tree would not know each other's types; the text is the common ground.
  return schema instanceof Object && 'fromBuffer' in schema ? (schema as Type) : compileSchema(schema as Schema);
}

function isNotFound(error: unknown): boolean {
  // The library reports a refused connection and a timeout as 400, so only 404 says anything about the id.
  return error instanceof Error && 'status' in error && error.status === 404;
}

function unknownId(id: number): DataError {
  return new DataError('schema-unknown', `The registry has no schema with id ${id}`);
}

function registryError(id: number, cause: unknown): Error {
  const status = cause instanceof Error && 'status' in cause ? cause.status : undefined;
  // No status: the schema arrived and could not be compiled.
  if (status === undefined)
    return new DataError('schema-invalid', `Schema ${id} cannot be compiled: ${errorMessage(cause)}`, { cause });
  return new TransientError(
    'registry-unreachable',
    `The registry did not answer for schema ${id}: ${errorMessage(cause)}`,
    { cause },
  );
}

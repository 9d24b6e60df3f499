import { TransientError, type RegistryConnection } from '@tieout/messaging';

/** A version of a subject as the registry holds it. */
export interface RegisteredSchema {
  readonly version: number;
  readonly id: number;
  readonly schema: string;
}

const TIMEOUT_MS = 10_000;

/** All versions of a subject, oldest first; empty when the subject does not exist. */
export async function registeredVersions(
  registry: RegistryConnection,
  subject: string,
): Promise<readonly RegisteredSchema[]> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const versions = await request<number[]>(registry, 'GET', path);
  const found: RegisteredSchema[] = [];
  for (const version of versions ?? []) {
    const registered = await request<RegisteredSchema>(registry, 'GET', `${path}/${version}`);
    if (registered !== null) found.push({ version, id: registered.id, schema: registered.schema });
  }
  return found;
}

/** The subject's own compatibility level, null when it has none. */
export async function compatibilityOf(registry: RegistryConnection, subject: string): Promise<string | null> {
  const config = await request<{ compatibilityLevel: string }>(
    registry,
    'GET',
    `/config/${encodeURIComponent(subject)}`,
  );
  return config?.compatibilityLevel ?? null;
}

export async function setCompatibility(
  registry: RegistryConnection,
  subject: string,
  compatibility: string,
): Promise<void> {
  const path = `/config/${encodeURIComponent(subject)}`;
  const response = await send(registry, 'PUT', path, { compatibility });
  // Apicurio answers 409 to one of two that set a subject's first level at once; from then on setting it again works.
  if (response.status === 409) await request(registry, 'PUT', path, { compatibility });
  else if (!response.ok) throw await refusal('PUT', path, response);
}

/** @returns null on 404; @throws TransientError when the registry does not answer, Error with its message when it refuses. */
async function request<T>(
  registry: RegistryConnection,
  method: string,
  path: string,
  body?: unknown,
): Promise<T | null> {
  const response = await send(registry, method, path, body);
  if (response.status === 404) return null;
  if (!response.ok) throw await refusal(method, path, response);
  return (await response.json()) as T;
}

async function refusal(method: string, path: string, response: Response): Promise<Error> {
  const text = (await response.text()).slice(0, 1_000);
  return new Error(`The registry refused ${method} ${path}: ${response.status} ${text}`);
}

async function send(
  { url, auth, timeoutMs }: RegistryConnection,
  method: string,
  path: string,
  body: unknown,
): Promise<Response> {
  const authorization = auth && {
    authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`,
  };
  try {
    return await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json', ...authorization },
      signal: AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new TransientError(
      'registry-unreachable',
      `The registry at ${url} does not answer: ${(cause as Error).message}`,
      { cause },
    );
  }
}

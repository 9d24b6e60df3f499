/** `live`: restart me when this fails (a loop has stopped). `ready`: send me no work while this fails. */
export type HealthKind = 'live' | 'ready';
export interface HealthResult {
  readonly ok: boolean;
  /** Shown to operators; no secrets. */
  readonly detail?: unknown;
}
export type HealthCheck = () => Promise<HealthResult> | HealthResult;
export interface HealthReport {
  readonly status: 'ok' | 'failing';
  readonly checks: Readonly<Record<string, HealthResult>>;
}

const CHECK_TIMEOUT_MS = 2_000;

/** All checks of one process. A check that throws or takes longer than 2 s counts as failing. */
export class HealthRegistry {
  readonly #checks = new Map<string, { kind: HealthKind; check: HealthCheck }>();
  readonly #only: ReadonlySet<string> | null;

  /** @param only names of the checks that count, where parts of a service are not started on purpose; null: all */
  constructor(only: readonly string[] | null = null) {
    this.#only = only && new Set(only);
  }

  /** A name is registered once; registering it again replaces the check. */
  register(name: string, check: HealthCheck, kind: HealthKind = 'ready'): void {
    if (this.#only === null || this.#only.has(name)) this.#checks.set(name, { kind, check });
  }

  unregister(name: string): void {
    this.#checks.delete(name);
  }

  /** `live` runs the live checks; `ready` runs all of them: who must be restarted is not ready either. */
  async report(kind: HealthKind): Promise<HealthReport> {
    const wanted = [...this.#checks].filter(([, entry]) => kind === 'ready' || entry.kind === 'live');
    const results = await Promise.all(
      wanted.map(async ([name, entry]) => [name, await runCheck(entry.check)] as const),
    );
    const ok = results.every(([, result]) => result.ok);
    return { status: ok ? 'ok' : 'failing', checks: Object.fromEntries(results) };
  }
}

async function runCheck(check: HealthCheck): Promise<HealthResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<HealthResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer in ${CHECK_TIMEOUT_MS} ms` }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), timeout]);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

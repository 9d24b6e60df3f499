import type { Progress } from './progress.ts';
import type { ReportedBreak } from './report.ts';
import { until, WaitedInVain, type Check } from './wait.ts';

export interface Reconciling {
  /** Address of the service; it changes when the service is restarted. */
  readonly url: () => Promise<string>;
  /** A bearer token of an operator. */
  readonly token: () => Promise<string>;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** The part of a run that is read here. */
interface Run {
  readonly runId: string;
  readonly status: 'waiting' | 'clean' | 'timing' | 'breaks' | 'incomplete';
  readonly followedBy: string | null;
  readonly reasons: readonly string[];
  readonly checks: readonly string[];
  readonly breaks: number;
  readonly timing: number;
}

const CALL_LIMIT_MS = 20_000;
const PAGE = 500;
/** Incomplete runs are repeated for so many times the patience: each counts as movement. */
const ATTEMPTS_FOR = 3;

/**
 * Asks for a run and waits for a verdict. A run with differences of timing is decided by the one that follows it; an
 * incomplete one, over a side that was restarting or behind, proves nothing and is asked for again, for a time.
 * @returns the breaks that are open then
 * @throws WaitedInVain without a verdict
 */
export async function reconcile(options: Reconciling): Promise<readonly ReportedBreak[]> {
  let runId: string | null = null;
  let attempt = 0;
  const lastAttemptAt = performance.now() + ATTEMPTS_FOR * options.patienceMs;
  const look = async (): Promise<Check<Run>> => {
    if (runId === null) {
      attempt += 1;
      runId = (await call<Run>(options, 'POST', '/runs')).runId;
    }
    const run = await call<Run>(options, 'GET', `/runs/${runId}`);
    switch (run.status) {
      case 'clean':
        return { done: true, value: run };
      case 'breaks':
      case 'timing':
        if (run.timing === 0) return { done: true, value: run };
        runId = run.followedBy ?? runId;
        return { done: false, missing: `${run.timing} differences, looked at again in the next snapshot` };
      case 'incomplete':
        if (performance.now() > lastAttemptAt) return { done: true, value: run };
        runId = null;
        return { done: false, missing: `attempt ${attempt}: ${run.reasons.join('; ')}` };
      case 'waiting':
        return { done: false, missing: `attempt ${attempt}: waiting for what the systems hold` };
    }
  };
  const { patienceMs, signal, progress } = options;
  const onState = (missing: string): void => progress.state(missing);
  const run = await until(look, { what: 'reconciliation', patienceMs, signal, intervalMs: 500, onState });
  if (run.status === 'incomplete') throw new WaitedInVain('reconciliation', patienceMs, run.reasons.join('; '));
  progress.note(`checks: ${run.checks.join(', ')}`);
  return openBreaks(options);
}

async function openBreaks(options: Reconciling): Promise<ReportedBreak[]> {
  const breaks: ReportedBreak[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { breaks: ReportedBreak[]; nextCursor: string | null } = await call(
      options,
      'GET',
      `/breaks?status=open&limit=${PAGE}${after}`,
    );
    breaks.push(
      ...page.breaks.map(({ check, kind, object, expected, actual }) => ({ check, kind, object, expected, actual })),
    );
    cursor = page.nextCursor;
  }
  return breaks;
}

async function call<T>(options: Reconciling, method: 'GET' | 'POST', path: string): Promise<T> {
  const { url, token, signal } = options;
  const response = await fetch(`${await url()}${path}`, {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT_MS)]),
    ...(method === 'GET' ? {} : { headers: { authorization: `Bearer ${await token()}` } }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`reconciliation answers ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

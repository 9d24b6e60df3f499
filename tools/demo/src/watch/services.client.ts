import { z } from 'zod';
import type { Discovery } from '../discovery.ts';
import { get, NoAnswer } from './http.client.ts';
import { parseSamples, total, type Sample } from './prometheus-text.ts';

export interface ConsumerState {
  readonly topic: string;
  readonly running: boolean;
  /** Records before it; null before its first batch. */
  readonly lag: number | null;
}

export interface StreamState {
  readonly stream: string;
  readonly running: boolean;
  /** Polls that failed in a row. */
  readonly failures: number;
  /** Seconds since it reached the end of its source. */
  readonly ageSeconds: number | null;
}

export interface ServiceState {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly ready: boolean;
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];
  readonly consumers: readonly ConsumerState[];
  readonly streams: readonly StreamState[];
}

const health = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.unknown().optional() })),
});

/** Readiness, consumers and streams of every announced service; one that does not answer is not ready. */
export function readServices({ services }: Pick<Discovery, 'services'>): Promise<ServiceState[]> {
  return Promise.all(Object.entries(services).map(([name, { url, pid }]) => readService({ name, url, pid })));
}

async function readService(service: Pick<ServiceState, 'name' | 'url' | 'pid'>): Promise<ServiceState> {
  try {
    const [ready, metrics] = await Promise.all([get(`${service.url}/health/ready`), get(`${service.url}/metrics`)]);
    const { checks } = health.parse(JSON.parse(ready.text));
    const failing = Object.entries(checks).filter(([, { ok }]) => !ok);
    const samples = parseSamples(metrics.text);
    return {
      ...service,
      ready: ready.status === 200,
      problems: failing.map(([check, { detail }]) => problem(check, detail)),
      consumers: consumersOf(samples),
      streams: streamsOf(samples),
    };
  } catch (error) {
    const reason = error instanceof NoAnswer ? error.message : `is no service of ours: ${(error as Error).message}`;
    return { ...service, ready: false, problems: [reason], consumers: [], streams: [] };
  }
}

/** What a failing check says of itself, as short as it can be read. */
export function problem(check: string, detail: unknown): string {
  const parts = (Array.isArray(detail) ? detail : [detail]).map(reasonOf).filter((text) => text !== '');
  return parts.length === 0 ? check : `${check}: ${parts.join('; ')}`;
}

function reasonOf(detail: unknown): string {
  if (detail === null || typeof detail !== 'object') return detail === undefined ? '' : String(detail);
  const { topic, stream, state, reason, lastError } = detail as Record<string, unknown>;
  return [topic ?? stream, state, reason ?? lastError].filter((part) => typeof part === 'string').join(' ');
}

function consumersOf(samples: readonly Sample[]): ConsumerState[] {
  return samples
    .filter(({ name }) => name === 'tieout_consumer_running')
    .map(({ labels: { topic = '' }, value }) => ({
      topic,
      running: value === 1,
      lag: total(samples, 'tieout_consumer_lag_records', { topic }),
    }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

function streamsOf(samples: readonly Sample[]): StreamState[] {
  return samples
    .filter(({ name }) => name === 'tieout_source_stream_running')
    .map(({ labels: { stream = '' }, value }) => ({
      stream,
      running: value === 1,
      failures: total(samples, 'tieout_source_stream_failures', { stream }) ?? 0,
      ageSeconds: total(samples, 'tieout_source_cursor_age_seconds', { stream }),
    }));
}

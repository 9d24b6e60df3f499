import type { Snapshot } from '@tieout/canonical';
import { createLogger, openDatabase, readConfig, startService } from '@tieout/platform';
import type { BaseConfig, MigrationClass, RunningService } from '@tieout/platform';
import { createDatabase, createIssuer, eventually, stack } from '@tieout/testing';
import type { TestIssuer } from '@tieout/testing';
import type { DataSource } from 'typeorm';
import { expect } from 'vitest';
import { service } from '../src/app.module.ts';
import type { Bus } from './fixture-bus.ts';

export type Rows = Record<string, Record<string, string>[]>;
export interface ApiRun {
  readonly runId: string;
  readonly status: string;
  readonly followedBy: string | null;
  readonly reasons: string[];
  readonly checks: string[];
  readonly notMade: { check: string; because: string }[];
  readonly breaks: number;
  readonly timing: number;
  readonly findings: { breakId: string; check: string; kind: string; object: string; verdict: string }[];
}
export interface ApiBreak {
  readonly breakId: string;
  readonly status: string;
  readonly check: string;
  readonly kind: string;
  readonly object: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly evidence: Record<string, string>;
}

export interface Caller {
  get<T>(path: string, expected?: number): Promise<T>;
  post<T>(path: string, body: object, expected?: number): Promise<T>;
  put<T>(path: string, body: object, expected?: number): Promise<T>;
}

/** The service with every adapter played by the test. */
export class FixtureService {
  readonly #bus: Bus;
  readonly #sides: readonly string[];
  readonly #issuer: TestIssuer;
  readonly databaseUrl: string;
  #running: RunningService | null = null;

  private constructor(bus: Bus, sides: readonly string[], issuer: TestIssuer, databaseUrl: string) {
    this.#bus = bus;
    this.#sides = sides;
    this.#issuer = issuer;
    this.databaseUrl = databaseUrl;
  }

  /** Not started yet. Sides as `object@system`, asked of this instance. */
  static async create(bus: Bus, instance: string, sides: readonly string[]): Promise<FixtureService> {
    const { url } = await createDatabase('reconciliation');
    const service = new FixtureService(
      bus,
      sides.map((side) => `${side}:${instance}`),
      await createIssuer(),
      url,
    );
    await service.#knowTopics();
    return service;
  }

  /** The breaks of other spec files on the shared topic are none that this database has lost. */
  async #knowTopics(): Promise<void> {
    const database = await this.database();
    const ends = await this.#bus.ends('finance.break.v1');
    await database.query(
      `INSERT INTO published_topic (topic, next_offsets) VALUES ('finance.break.v1', $1::bigint[])`,
      [ends],
    );
    await database.destroy();
  }

  /** The database as these migrations make it. */
  async database(migrations: readonly MigrationClass[] = service.migrations): Promise<DataSource> {
    const config = readConfig(service.config, this.#environment()) as unknown as BaseConfig;
    const logger = createLogger({ service: service.name, level: 'silent' });
    return openDatabase({ service: service.name, config, migrations, logger });
  }

  /** The same systems and topics, and an empty database. */
  async withoutDatabase(): Promise<FixtureService> {
    const { url } = await createDatabase('reconciliation');
    return new FixtureService(this.#bus, this.#sides, this.#issuer, url);
  }

  get url(): string {
    return this.#running?.url ?? '';
  }

  async start(over: Record<string, string> = {}): Promise<void> {
    this.#running = await startService(service, { ...this.#environment(), ...over });
  }

  #environment(): Record<string, string> {
    return {
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS: stack().brokers.join(','),
      SCHEMA_REGISTRY_URL: stack().registryUrl,
      SCHEMA_BUNDLE: this.#bus.bundle,
      DATABASE_URL: this.databaseUrl,
      DATABASE_SCHEMA: 'reconciliation',
      RECONCILIATION_SIDES: this.#sides.join(),
      RUN_POLL_MS: '50',
      RECHECK_DELAY_MS: '0',
      // The topics hold what every other spec file wrote, and all of it is consumed before a run is decided.
      RUN_DEADLINE_MS: '120000',
      // Before anything that the worlds have yet to bill is due.
      BUSINESS_DATE: '2026-02-05',
      ...this.#issuer.environment,
    };
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  async get<T>(path: string, expected = 200): Promise<T> {
    const response = await fetch(`${this.url}${path}`);
    expect([path, response.status]).toEqual([path, expected]);
    return (await response.json()) as T;
  }

  /** Calls a guarded endpoint as an operator; a body makes it a POST. */
  async call<T>(
    path: string,
    sent: { readonly method?: string; readonly json?: object; readonly body?: string; readonly type?: string },
    expected: number,
  ): Promise<T> {
    const { method = 'POST', json, body, type = 'application/json' } = sent;
    const text = json === undefined ? body : JSON.stringify(json);
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': type, ...(await this.#issuer.as('controller', 'operator')) },
      ...(text === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    expect([path, response.status, answer.slice(0, 500)]).toEqual([path, expected, expect.any(String)]);
    return JSON.parse(answer) as T;
  }

  post(body: object, expected = 202): Promise<ApiRun> {
    return this.as('controller', 'operator').post('/runs', body, expected);
  }

  /** A bearer token of somebody. */
  async token(subject: string, role: string): Promise<string> {
    return (await this.#issuer.as(subject, role)).authorization.replace('Bearer ', '');
  }

  /** Calls by somebody with a role. */
  as(subject: string, role: string): Caller {
    const call = async <T>(method: string, path: string, body: object | undefined, expected: number): Promise<T> => {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(await this.#issuer.as(subject, role)) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      expect([path, response.status, response.status === expected ? '' : text]).toEqual([path, expected, '']);
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return (isJson ? JSON.parse(text) : text) as T;
    };
    return {
      get: (path, expected = 200) => call('GET', path, undefined, expected),
      post: (path, body, expected = 200) => call('POST', path, body, expected),
      put: (path, body, expected = 200) => call('PUT', path, body, expected),
    };
  }

  /** Plays every adapter for a run; `over` changes the header of a side. */
  async answer(runId: string, rows: Rows, over: Record<string, Partial<Snapshot>> = {}): Promise<void> {
    const asked = await eventually(async () => {
      const requests = await this.#bus.read('finance.snapshot-request.v1', (request) => request.runId === runId);
      return requests.length === this.#sides.length ? requests : null;
    });
    for (const request of asked) {
      const side = `${request.object}@${request.system}`;
      await this.#bus.answer(request, rows[side] ?? [], over[side]);
    }
  }

  ended(runId: string): Promise<ApiRun> {
    return eventually(
      async () => {
        const run = await this.get<ApiRun>(`/runs/${runId}`);
        return run.status !== 'waiting' ? run : null;
      },
      { timeoutMs: 150_000 },
    );
  }

  async run(rows: Rows, body: object = {}): Promise<ApiRun> {
    const { runId } = await this.post(body);
    await this.answer(runId, rows);
    return this.ended(runId);
  }

  /** The run that the service starts by itself to decide about timing. */
  async followUp(first: ApiRun, rows: Rows, over: Record<string, Partial<Snapshot>> = {}): Promise<ApiRun> {
    const { followedBy } = await eventually(async () => {
      const found = await this.get<ApiRun>(`/runs/${first.runId}`);
      return found.followedBy !== null ? found : null;
    });
    await this.answer(followedBy as string, rows, over);
    return this.ended(followedBy as string);
  }

  async openBreaks(): Promise<ApiBreak[]> {
    return (await this.get<{ breaks: ApiBreak[] }>('/breaks?status=open&limit=500')).breaks;
  }
}

/** `check kind` of each, sorted. */
export const named = (breaks: readonly { check: string; kind: string }[]): string[] =>
  breaks.map(({ check, kind }) => `${check} ${kind}`).toSorted();

import type { HealthRegistry, Lifecycle, Logger, Metrics } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import type { Outbox } from './outbox.ts';
import { SourceStreams, type SourceStreamsOptions } from './source-stream.ts';
import { sourceStreamMetrics, workQueueMetrics } from './work-metrics.ts';
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts';

/** A stream that has failed this often in a row makes the service not ready. */
const FAILURES_TOLERATED = 3;

type Given = 'dataSource' | 'owner' | 'logger';

/** What workers of a service share, and how they are run: started and stopped in order, seen in health and metrics. */
export class WorkerHost {
  readonly service: string;
  readonly logger: Logger;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly registry: Metrics;
  readonly #lifecycle: Lifecycle;
  readonly #health: HealthRegistry;
  readonly #queues: WorkQueue[] = [];

  constructor(
    service: string,
    logger: Logger,
    dataSource: DataSource,
    outbox: Outbox,
    registry: Metrics,
    lifecycle: Lifecycle,
    health: HealthRegistry,
  ) {
    this.service = service;
    this.logger = logger;
    this.dataSource = dataSource;
    this.outbox = outbox;
    this.registry = registry;
    this.#lifecycle = lifecycle;
    this.#health = health;
  }

  /** @param name tells the queues of a service with several apart: each takes the kinds of its handlers, at its own pace */
  workQueue(options: Omit<WorkQueueOptions, Given>, name?: string): WorkQueue {
    const { dataSource, service: owner, logger } = this;
    const queue = new WorkQueue({ dataSource, owner, logger, muted: this.outbox.muted, ...options });
    this.#queues.push(queue);
    if (this.#queues.length === 1) workQueueMetrics(this.registry, this.#queues);
    const part = { start: () => queue.start(), stop: () => queue.stop() };
    const called = name === undefined ? 'work queue' : `work queue ${name}`;
    this.#lifecycle.register({ name: called, phase: 'workers', ...part });
    this.#health.register(called, () => ({ ok: queue.status().state === 'running', detail: queue.status() }));
    return queue;
  }

  /** `run` is called at start and runs the streams. */
  sourceStreams(run: (streams: SourceStreams) => void, options: Omit<SourceStreamsOptions, Given> = {}): SourceStreams {
    const { dataSource, service: owner, logger } = this;
    const streams = new SourceStreams({ dataSource, owner, logger, ...options });
    sourceStreamMetrics(this.registry, streams);
    const start = (): Promise<void> => Promise.resolve(run(streams));
    this.#lifecycle.register({ name: 'source streams', phase: 'workers', start, stop: () => streams.stop() });
    this.#health.register('source streams', () => {
      const detail = streams.status();
      const runs = detail.every(({ state, failures }) => state !== 'stopped' && failures < FAILURES_TOLERATED);
      return { ok: detail.length > 0 && runs, detail };
    });
    return streams;
  }
}

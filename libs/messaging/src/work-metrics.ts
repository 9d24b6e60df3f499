import { Gauge, type Registry } from 'prom-client';
import type { SourceStreams } from './source-stream.ts';
import type { WorkQueue } from './work-queue.ts';
import type { WorkDepth } from './work-queue.store.ts';

/** Gauges of a service's work queues, read when scraped: items by state and the age of the oldest open one. */
export function workQueueMetrics(registry: Registry, queues: readonly WorkQueue[]): void {
  const registers = [registry];
  // The table is one for all of them.
  const depth = (): Promise<WorkDepth> => queues[0]!.depth();
  new Gauge({
    name: 'tieout_work_oldest_seconds',
    help: 'Age of the oldest open work item.',
    registers,
    // Each gauge collects for itself: one set by another's collect shows what the scrape before it found.
    async collect() {
      this.set((await depth()).oldestSeconds);
    },
  });
  new Gauge({
    name: 'tieout_work_items',
    help: 'Open work items by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { waiting, leased, inDoubt, failed } = await depth();
      for (const [state, count] of Object.entries({ waiting, leased, 'in-doubt': inDoubt, failed }))
        this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'tieout_work_queue_running',
    help: '1 while this process takes work items, 0 once it has stopped.',
    registers,
    collect() {
      this.set(queues.every((queue) => queue.status().state === 'running') ? 1 : 0);
    },
  });
}

/** How far each stream is behind its source, and whether this process can poll it; read when scraped. */
export function sourceStreamMetrics(registry: Registry, streams: SourceStreams): void {
  const registers = [registry];
  const labelNames = ['instance', 'stream'] as const;
  new Gauge({
    name: 'tieout_source_cursor_age_seconds',
    help: 'Seconds since a poll last reached the end of the source.',
    labelNames,
    registers,
    async collect() {
      for (const { instance, stream, cursorAgeSeconds } of await streams.ages())
        this.set({ instance, stream }, cursorAgeSeconds);
    },
  });
  new Gauge({
    name: 'tieout_source_stream_running',
    help: '1 while this process polls the stream or waits for its turn, 0 once it has stopped.',
    labelNames,
    registers,
    collect() {
      for (const { instance, stream, state } of streams.status())
        this.set({ instance, stream }, state === 'stopped' ? 0 : 1);
    },
  });
  new Gauge({
    name: 'tieout_source_stream_failures',
    help: 'Polls of the stream that failed in a row; 0 after one that succeeded.',
    labelNames,
    registers,
    collect() {
      for (const { instance, stream, failures } of streams.status()) this.set({ instance, stream }, failures);
    },
  });
}

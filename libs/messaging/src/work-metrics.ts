import { Gauge, type Registry } from 'prom-client';
import type { SourceStreams } from './source-stream.ts';
import type { WorkQueue } from './work-queue.ts';

/** Gauges of a work queue, read when scraped: items by state and the age of the oldest open one. */
export function workQueueMetrics(registry: Registry, queue: WorkQueue): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_work_oldest_seconds',
    help: 'Age of the oldest open work item.',
    registers,
    // Each gauge collects for itself: one set by another's collect shows what the scrape before it found.
    async collect() {
      this.set((await queue.depth()).oldestSeconds);
    },
  });
  new Gauge({
    name: 'tieout_work_items',
    help: 'Open work items by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { waiting, leased, inDoubt, failed } = await queue.depth();
      for (const [state, count] of Object.entries({ waiting, leased, 'in-doubt': inDoubt, failed }))
        this.set({ state }, count);
    },
  });
}

/** Seconds since each stream last reached the end of its source, read when scraped. */
export function sourceStreamMetrics(registry: Registry, streams: SourceStreams): void {
  new Gauge({
    name: 'tieout_source_cursor_age_seconds',
    help: 'Seconds since a poll last reached the end of the source.',
    labelNames: ['instance', 'stream'],
    registers: [registry],
    async collect() {
      for (const { instance, stream, cursorAgeSeconds } of await streams.ages())
        this.set({ instance, stream }, cursorAgeSeconds);
    },
  });
}

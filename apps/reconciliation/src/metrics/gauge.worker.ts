import type { Metrics } from '@tieout/platform';
import { Gauge } from 'prom-client';
import type { EntityManager } from 'typeorm';
import type { Sample } from './sample.ts';

export interface StoredGauge {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Everything that it shows: a label set that is absent is not shown any more. */
  readonly read: (tx: EntityManager) => Promise<readonly Sample[]>;
}

/**
 * A gauge that reads the database when scraped: results are facts of the store, not of this process. Each collects for itself: one that
 * is set by another's collect shows what the scrape before it found.
 */
export function storedGauge(
  registry: Metrics,
  manager: EntityManager,
  { name, help, labelNames = [], read }: StoredGauge,
): void {
  new Gauge({
    ...{ name, help, labelNames: [...labelNames], registers: [registry] },
    async collect() {
      const samples = await read(manager);
      this.reset();
      for (const { labels, value } of samples) this.set(labels, value);
    },
  });
}

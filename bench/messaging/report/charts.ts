import { METRIC as CONSUME } from '../scenarios/consume.ts';
import { metricAt } from '../scenarios/latency.ts';
import { METRIC as PUBLISH } from '../scenarios/publish.ts';
import type { Chart } from '../../report/plot.ts';

export const CHARTS: readonly Chart[] = [
  { title: 'Consume once with effect, events/s', metric: CONSUME },
  { title: 'Processor time of an event, µs', metric: `${CONSUME}, CPU` },
  { title: 'Publish a backlog, events/s', metric: PUBLISH },
  { title: 'Commit to reader at 1,000/s, p50', metric: `${metricAt(1_000)}, p50` },
  { title: 'Commit to reader at 1,000/s, p99', metric: `${metricAt(1_000)}, p99` },
];

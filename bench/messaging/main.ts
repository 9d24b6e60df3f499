import type { Benchmark } from '../benchmark.ts';
import { bars } from '../report/plot.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { CHARTS } from './report/charts.ts';
import { PAGE } from './report/page.ts';
import { run } from './run.ts';
import { TARGETS } from './targets.ts';

export const messaging: Benchmark<Options> = {
  usage: USAGE,
  parse: parseOptions,
  run,
  targets: TARGETS,
  page: PAGE,
  servers: 'one Kafka 4.1.0 broker, PostgreSQL 18',
  sizes: ({ events, rounds, timeScale }) => `--events ${events} --rounds ${rounds} --time-scale ${timeScale}`,
  plot: (results) => bars(CHARTS, results),
};

import type { Benchmark } from '../benchmark.ts';
import { chosen, runRounds } from '../rounds.ts';
import { startEnvironment } from './environment.ts';
import { growthPlot } from './growth-plot.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { PAGE } from './page.ts';
import { parts } from './parts.ts';
import { TARGETS } from './targets.ts';

export const reconciliation: Benchmark<Options> = {
  usage: USAGE,
  parse: parseOptions,
  async run(options, listener) {
    const some = chosen(parts, options.only);
    const environment = await startEnvironment((message) => listener.log(message));
    try {
      return await runRounds(some, { environment, options }, options.rounds, listener);
    } finally {
      await environment.stop();
    }
  },
  targets: TARGETS,
  page: PAGE,
  servers: 'PostgreSQL 18',
  sizes: ({ items, rounds, changes, searches }) =>
    `--items ${items} --rounds ${rounds} --changes ${changes} --searches ${searches}`,
  plot: growthPlot,
};

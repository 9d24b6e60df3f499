import type { Benchmark } from '../benchmark.ts';
import { bars } from '../report/plot.ts';
import { chosen, runRounds } from '../rounds.ts';
import { startEnvironment } from './environment.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { PAGE } from './page.ts';
import { parts } from './parts.ts';
import { READ } from './scenarios/read.ts';
import { FAR } from './scenarios/batch.ts';
import { TARGETS } from './targets.ts';

export const erp: Benchmark<Options> = {
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
  servers: 'Kafka 4, Apicurio Registry, PostgreSQL 18',
  sizes: ({ invoices, customers, writes, vendorMs, rounds }) =>
    `--invoices ${invoices} --customers ${customers} --writes ${writes} --vendor-ms ${vendorMs} --rounds ${rounds}`,
  plot: (results) =>
    bars(
      [
        { title: 'Changed invoices with lines, by the second', metric: READ },
        { title: 'Records written to SAP, by the second', metric: FAR },
      ],
      results,
    ),
};

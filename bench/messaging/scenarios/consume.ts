import { runChild, startChild } from '../child.ts';
import { TOPIC } from '../record.ts';
import type { Bench, Part, Scenario } from '../scenario.ts';
import { throughput, watchTable } from '../window.ts';
import { stockSink, tunedSink } from './debezium-sink.ts';
import { consumerPerf, copy } from './physical.ts';

export const METRIC = 'consume once with effect';
/** Partitions that the subjects read; each reads both at once where it can. */
const PARTITIONS = 2;
const SIX = 'bench.six-partitions';
const SIX_SHARE = 1 / 15;
const NEST = { file: 'nest-sink' };

interface Program {
  readonly subject: string;
  readonly file: string;
  /** Of the events: slow subjects read fewer, their rate is the same. */
  readonly share?: number;
  readonly settings?: { readonly topic?: string; readonly partitions?: number } & Readonly<Record<string, unknown>>;
}

/** A subject that is a program of ours: it creates its table, says that it is ready, and fills it. */
function program(name: string, { subject, file, share = 1, settings = {} }: Program): Scenario {
  const partitions = settings.partitions ?? PARTITIONS;
  return {
    name,
    async run({ environment, options }: Bench) {
      const databaseUrl = await environment.freshDatabase();
      const events = wholeShare(options.events, share);
      const config = { topic: TOPIC, ...settings, where: environment.where, databaseUrl, service: freshService() };
      const child = await startChild(file, config, options.profile);
      try {
        const window = await watchTable(environment, databaseUrl, { pids: [child.pid], events, partitions });
        return throughput(subject, METRIC, window);
      } finally {
        await child.end();
      }
    },
  };
}

let services = 0;
/** A consumer group of its own for every run. */
const freshService = (): string => `bench-consume-${++services}`;

/** A slow subject reads a part of the topic; a multiple of all partition counts, so that the last records are known. */
const wholeShare = (events: number, share: number): number => Math.max(600, Math.floor((events * share) / 12) * 12);

const QUESTION = {
  metric: METRIC,
  partitions: PARTITIONS,
  events: ({ options }: Bench): number => wholeShare(options.events, 1),
};

async function feed({ environment }: Bench, topic: string, partitions: number, events: number): Promise<void> {
  await environment.createTopic(topic, partitions);
  const bytes = await runChild<number>('feed', { where: environment.where, topic, partitions, from: 0, to: events });
  environment.log(`${topic}: ${events} records of ${bytes.toFixed(0)} bytes in ${partitions} partitions`);
}

export const consume: Part = {
  name: 'consume',
  about: 'records of a topic into a table, from the first row seen to the last',
  async prepare(bench) {
    await feed(bench, TOPIC, PARTITIONS, wholeShare(bench.options.events, 1));
    await feed(bench, SIX, 6, wholeShare(bench.options.events, SIX_SHARE));
  },
  scenarios: [
    program('tieout', { subject: 'tieout', file: 'tieout-sink' }),
    program('hand-written', { subject: 'hand-written', file: 'hand-written-sink' }),
    program('nest-save', { ...NEST, subject: 'Nest + save()', share: 1 / 60, settings: { mode: 'save' } }),
    program('nest-upsert', { ...NEST, subject: 'Nest + upsert()', share: 1 / 30, settings: { mode: 'upsert' } }),
    program('nest-six', {
      ...{ ...NEST, subject: 'Nest + upsert(), 6 partitions at once', share: SIX_SHARE },
      settings: { mode: 'upsert', concurrency: 6, topic: SIX, partitions: 6 },
    }),
    stockSink(QUESTION),
    tunedSink(QUESTION),
    consumerPerf(METRIC, QUESTION.events),
    copy(METRIC, QUESTION.events),
  ],
};

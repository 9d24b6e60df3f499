import { runChild, startChild } from '../child.ts';
import { inDatabase } from '../../database.ts';
import type { OutboxKind } from '../outbox-tables.ts';
import type { Bench, Part, Scenario } from '../scenario.ts';
import { throughput, watchTopic } from '../window.ts';
import { startDebeziumRelay } from './debezium-outbox.ts';
import { producerPerf } from './physical.ts';

export const METRIC = 'publish a backlog';
const PARTITIONS = 2;
const RECORD_BYTES = 276;
const backlogOf = ({ options }: Bench): number => Math.ceil(options.events / 3);

let topics = 0;

/** A topic and a service of one measurement's own, with the topic for the service's marks. */
export async function freshOutput({ environment }: Bench): Promise<{ topic: string; service: string }> {
  const service = `bench-${++topics}`;
  const topic = `bench.published-${topics}`;
  await environment.createTopic(topic, PARTITIONS);
  await environment.createTopic(`tieout.${service}.outbox-mark.v1`, 1, { 'cleanup.policy': 'compact' });
  return { topic, service };
}

function program(subject: 'tieout' | 'hand-written', file: string): Scenario {
  return {
    name: subject,
    async run(bench) {
      const { environment, options } = bench;
      const output = await freshOutput(bench);
      const [databaseUrl, backlog] = [await environment.freshDatabase(), backlogOf(bench)];
      const child = await startChild(file, { ...output, where: environment.where, databaseUrl }, options.profile);
      try {
        await fill(bench, { kind: subject, topic: output.topic, databaseUrl });
        const watched = watchTopic(environment, output.topic, { pids: [child.pid], events: backlog });
        child.send('start');
        return throughput(subject, METRIC, await watched);
      } finally {
        await child.end();
      }
    },
  };
}

async function fill(
  bench: Bench,
  outbox: { readonly kind: OutboxKind; readonly topic: string; readonly databaseUrl: string },
): Promise<void> {
  await runChild('outbox-fill', { ...outbox, where: bench.environment.where, events: backlogOf(bench) });
  await inDatabase(outbox.databaseUrl, (client) => client.query('VACUUM ANALYZE'));
}

const debezium: Scenario = {
  name: 'debezium-outbox',
  async run(bench) {
    const { environment } = bench;
    const { topic } = await freshOutput(bench);
    const relay = await startDebeziumRelay(environment, { topic });
    try {
      await relay.pause();
      await fill(bench, { kind: 'debezium', topic, databaseUrl: relay.databaseUrl });
      const watched = watchTopic(environment, topic, { pids: [relay.connect.pid], events: backlogOf(bench) });
      await relay.resume();
      return throughput('Debezium outbox router', METRIC, await watched);
    } finally {
      await relay.end();
    }
  },
};

export const publish: Part = {
  name: 'publish',
  about: 'a backlog of an outbox into a topic, from the first record seen to the last',
  prepare: async () => undefined,
  scenarios: [
    program('tieout', 'tieout-relay'),
    program('hand-written', 'hand-written-relay'),
    debezium,
    producerPerf(METRIC, backlogOf, RECORD_BYTES),
  ],
};

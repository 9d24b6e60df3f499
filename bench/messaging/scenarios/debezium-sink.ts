import type { PostgresAddress } from '@tieout/stack';
import { type Connect, startConnect } from '../connect/connect.ts';
import { inDatabase } from '../../database.ts';
import type { Environment } from '../environment.ts';
import type { Measurement } from '../../measurement.ts';
import { CREATE_TABLE, TOPIC } from '../record.ts';
import type { Bench, Scenario } from '../scenario.ts';
import { throughput, watchTable } from '../window.ts';

export interface SinkQuestion {
  readonly metric: string;
  readonly partitions: number;
  events(bench: Bench): number;
}

type Settings = Readonly<Record<string, string>>;

/** What its documentation and ours found to be fastest: a task per partition, large polls, inserts rewritten by the driver. */
const TUNED: Settings = {
  'tasks.max': '2',
  'batch.size': '3000',
  'consumer.override.max.poll.records': '3000',
  'consumer.override.max.partition.fetch.bytes': '4194304',
};

/** Debezium's JDBC sink in a new Java process, as it comes. */
export function stockSink(question: SinkQuestion): Scenario {
  return {
    name: 'debezium-sink',
    async run(bench) {
      const connect = await startConnect(bench.environment.stack);
      try {
        return await sinkInto(bench, question, connect, {
          subject: 'Debezium JDBC sink, stock',
          settings: {},
          url: '',
        });
      } finally {
        await connect.end();
      }
    },
  };
}

/** Tuned in a new Java process, and then once more in the same, where Java has compiled what is hot. */
export function tunedSink(question: SinkQuestion): Scenario {
  return {
    name: 'debezium-sink-tuned',
    async run(bench) {
      const connect = await startConnect(bench.environment.stack);
      const tuned = { settings: TUNED, url: '?reWriteBatchedInserts=true' };
      try {
        const cold = await sinkInto(bench, question, connect, { ...tuned, subject: 'Debezium JDBC sink, tuned' });
        const warm = await sinkInto(bench, question, connect, {
          ...tuned,
          subject: 'Debezium JDBC sink, tuned and warm',
        });
        return [...cold, ...warm];
      } finally {
        await connect.end();
      }
    },
  };
}

let connectors = 0;

async function sinkInto(
  bench: Bench,
  { metric, partitions, events }: SinkQuestion,
  connect: Connect,
  { subject, settings, url }: { subject: string; settings: Settings; url: string },
): Promise<Measurement[]> {
  const { environment } = bench;
  const databaseUrl = await environment.freshDatabase();
  await inDatabase(databaseUrl, (client) => client.query(CREATE_TABLE));
  const name = `sink-${++connectors}`;
  const watched = watchTable(environment, databaseUrl, { pids: [connect.pid], events: events(bench), partitions });
  watched.catch(() => undefined);
  await connect.create(name, { ...sinkConfig(environment, new URL(databaseUrl).pathname.slice(1), url), ...settings });
  const window = await watched;
  await connect.remove(name);
  return throughput(subject, metric, window);
}

function sinkConfig({ stack, where }: Environment, database: string, url: string): Settings {
  const server: PostgresAddress = stack.postgres;
  return {
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    topics: TOPIC,
    'connection.url': `jdbc:postgresql://${server.host}:${server.port}/${database}${url}`,
    'connection.username': server.user,
    'connection.password': server.password,
    'insert.mode': 'upsert',
    'primary.key.mode': 'record_value',
    'primary.key.fields': 'customerAccountId',
    'collection.name.format': 'account',
    'schema.evolution': 'none',
    'field.exclude.list': 'source',
    'value.converter': 'io.apicurio.registry.utils.converter.AvroConverter',
    'value.converter.apicurio.registry.url': where.registryUrl.replace('/apis/ccompat/v7', '/apis/registry/v2'),
    'value.converter.apicurio.registry.as-confluent': 'true',
    'value.converter.apicurio.registry.headers.enabled': 'false',
  };
}

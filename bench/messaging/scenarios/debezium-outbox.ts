import { type Connect, startConnect } from '../connect/connect.ts';
import { inDatabase } from '../../database.ts';
import type { Environment } from '../environment.ts';
import { DEBEZIUM_OUTBOX } from '../outbox-tables.ts';

export interface DebeziumRelay {
  readonly connect: Connect;
  readonly databaseUrl: string;
  /** Ends its tasks; what is written meanwhile is its backlog. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  end(): Promise<void>;
}

let relays = 0;

/** Debezium's PostgreSQL connector with the outbox event router, reading from now on; resolves when a first row got through. */
export async function startDebeziumRelay(
  environment: Environment,
  { topic, settings = {} }: { topic: string; settings?: Readonly<Record<string, string>> },
): Promise<DebeziumRelay> {
  const databaseUrl = await environment.freshDatabase();
  await inDatabase(databaseUrl, (client) => client.query(DEBEZIUM_OUTBOX));
  const name = `outbox_${++relays}`;
  const connect = await startConnect(environment.stack);
  const end = async (): Promise<void> => {
    await connect.end();
    // A slot that nobody reads keeps the server from dropping the database and from recycling its log.
    await inDatabase(databaseUrl, (client) => client.query(DROP_SLOTS));
  };
  try {
    await connect.create(name, { ...outboxConfig(environment, databaseUrl, name), ...settings });
    await firstRowThrough(environment, databaseUrl, topic);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    connect,
    databaseUrl,
    pause: () => connect.stop(name),
    resume: () => connect.resume(name),
    end,
  };
}

const DROP_SLOTS = `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active;
  SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active`;

async function firstRowThrough(environment: Environment, databaseUrl: string, topic: string): Promise<void> {
  const before = await environment.endOffset(topic);
  await inDatabase(databaseUrl, (client) =>
    client.query(`INSERT INTO outboxevent VALUES (gen_random_uuid(), $1, '-1', 'probe', 'probe')`, [topic]),
  );
  for (const deadline = Date.now() + 60_000; (await environment.endOffset(topic)) === before;)
    if (Date.now() > deadline) throw new Error('Debezium published nothing within 60 s');
}

function outboxConfig({ stack }: Environment, databaseUrl: string, name: string): Record<string, string> {
  const { host, port, user, password } = stack.postgres;
  return {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'tasks.max': '1',
    'database.hostname': host,
    'database.port': String(port),
    'database.user': user,
    'database.password': password,
    'database.dbname': new URL(databaseUrl).pathname.slice(1),
    'topic.prefix': name,
    'plugin.name': 'pgoutput',
    'slot.name': name,
    'publication.name': name,
    'publication.autocreate.mode': 'filtered',
    'table.include.list': 'public.outboxevent',
    'snapshot.mode': 'no_data',
    'tombstones.on.delete': 'false',
    transforms: 'outbox',
    'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
    'transforms.outbox.route.topic.replacement': '${routedByValue}',
    'value.converter': 'io.debezium.converters.BinaryDataConverter',
  };
}

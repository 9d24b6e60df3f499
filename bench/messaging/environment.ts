import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresUrl, startStack, type RunningStack } from '@tieout/stack';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { inDatabase } from '../database.ts';
import { cpuSeconds, treeCpuSeconds } from '../proc.ts';
import { registerRecord } from './record.ts';

/** Where everything is; plain data, it travels to the measured programs. */
export interface Where {
  readonly brokers: string[];
  readonly registryUrl: string;
  readonly schemaId: number;
}

/** The stack of one run and what scenarios do with it. */
export interface Environment {
  readonly stack: RunningStack;
  readonly where: Where;
  readonly admin: Admin;
  /** An empty database of a subject's own, and a quiet server: what the one before left to write is written. */
  freshDatabase(): Promise<string>;
  createTopic(name: string, partitions: number, config?: Readonly<Record<string, string>>): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  /** Sum of the end offsets of all partitions: control records count, too. */
  endOffset(topic: string): Promise<number>;
  /** Processor time of the server processes so far. */
  serverCpu(): { readonly postgres: number | null; readonly kafka: number | null };
  log(message: string): void;
  stop(): Promise<void>;
}

export async function startEnvironment(log: (message: string) => void): Promise<Environment> {
  // Debezium's connector reads the log of changes; the setting holds for all subjects.
  const postgresSettings = { wal_level: 'logical', max_wal_size: '4GB' };
  const stack = await startStack({ onProgress: log, postgresSettings });
  const kafka = new Kafka({ brokers: [...stack.brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const schemaId = await registerRecord(stack.registryUrl);
  const pids = processesOf(stack.folder);
  let databases = 0;
  return {
    stack,
    where: { brokers: [...stack.brokers], registryUrl: stack.registryUrl, schemaId },
    admin,
    async freshDatabase() {
      const name = `bench_${++databases}`;
      await inDatabase(postgresUrl(stack.postgres), async (client) => {
        if (databases > 1) await client.query(`DROP DATABASE IF EXISTS bench_${databases - 1} WITH (FORCE)`);
        await client.query(`CREATE DATABASE ${name}`);
        await client.query('CHECKPOINT');
      });
      return postgresUrl(stack.postgres, name);
    },
    async createTopic(topic, numPartitions, config = {}) {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, configEntries }] });
    },
    async deleteTopic(topic) {
      if (!(await admin.listTopics()).includes(topic)) return;
      await admin.deleteTopics({ topics: [topic] });
      while ((await admin.listTopics()).includes(topic));
    },
    async endOffset(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    },
    serverCpu: () => ({
      postgres: pids.postgres === undefined ? null : treeCpuSeconds(pids.postgres),
      kafka: pids.kafka === undefined ? null : cpuSeconds(pids.kafka),
    }),
    log,
    async stop() {
      await admin.disconnect();
      await stack.stop();
    },
  };
}

/** The guardian notes in its folder what runs. */
function processesOf(folder: string): { postgres?: number; kafka?: number } {
  const { processes } = JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as {
    processes: { name: string; pid: number }[];
  };
  const pid = (name: string): number | undefined => processes.find((each) => each.name === name)?.pid;
  const [postgres, kafka] = [pid('postgres'), pid('kafka-1')];
  return { ...(postgres !== undefined && { postgres }), ...(kafka !== undefined && { kafka }) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { javaCommand } from '@tieout/stack';
import { RUNTIME } from '../connect/connect.ts';
import { inDatabase } from '../../database.ts';
import type { Environment } from '../environment.ts';
import { cpuSeconds, maxRssMiB } from '../../proc.ts';
import type { Measurement } from '../../measurement.ts';
import { COLUMN_NAMES, CREATE_TABLE, TOPIC } from '../record.ts';
import type { Bench, Scenario } from '../scenario.ts';

/** What the servers take and give when nobody does anything with it: Kafka's own tools, and COPY from a file. */
const limit = (subject: string, metric: string, value: number, used: Usage): Measurement => ({
  ...{ subject: `${subject} alone`, metric, unit: 'events/s', value },
  ...used,
});

export function consumerPerf(metric: string, events: (bench: Bench) => number): Scenario {
  return {
    name: 'kafka-consumer-perf-test',
    async run(bench) {
      const { environment } = bench;
      const server = ['--bootstrap-server', environment.where.brokers.join(',')];
      const args = [...server, '--topic', TOPIC, '--messages', String(events(bench)), '--timeout', '20000'];
      const { output, used } = await kafkaTool(environment, 'ConsumerPerformance', args);
      // The last column is records a second without the time that joining the group took.
      const rate = Number(output.trim().split('\n').at(-1)?.split(',').at(-1));
      return [limit('kafka-consumer-perf-test', metric, rate, used)];
    },
  };
}

export function producerPerf(metric: string, events: (bench: Bench) => number, recordBytes: number): Scenario {
  return {
    name: 'kafka-producer-perf-test',
    async run(bench) {
      const { environment } = bench;
      const topic = `bench.producer-perf-${++runs}`;
      await environment.createTopic(topic, 2);
      const size = ['--num-records', String(events(bench)), '--record-size', String(recordBytes), '--throughput', '-1'];
      const properties = [`bootstrap.servers=${environment.where.brokers.join(',')}`, 'acks=all'];
      const args = ['--topic', topic, ...size, '--producer-props', ...properties];
      const { output, used } = await kafkaTool(environment, 'ProducerPerformance', args);
      const rate = Number(/([\d.]+) records\/sec/.exec(output.trim().split('\n').at(-1) ?? '')?.[1]);
      return [limit('kafka-producer-perf-test', metric, rate, used)];
    },
  };
}

/** The same rows into the same table with its index, read by the server from a file of its own. */
export function copy(metric: string, events: (bench: Bench) => number): Scenario {
  return {
    name: 'copy',
    async run(bench) {
      const { environment } = bench;
      const url = await environment.freshDatabase();
      const count = events(bench);
      return inDatabase(url, async (client) => {
        await client.query(CREATE_TABLE);
        const columns = COLUMN_NAMES.map((name) => name.toLowerCase()).join(', ');
        const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
        const file = `'${rows[0]?.data_directory ?? ''}/bench-rows'`;
        await client.query(`COPY (SELECT md5(n::text)::uuid::text, 1, 'ACTIVE', md5((n + 500000000)::text)::uuid::text, 'main',
          '9117-' || n, 'Manufacture de précision n° ' || n || ', succursale Zürich', 'CHE-123.456.788 MWST',
          '33951227-d145-53a3-934b-d5a872284151', 'CHF', 'Net 30', 50000.5, n % 100000 + 0.1234, false
          FROM generate_series(1, ${count}) n) TO ${file}`);
        const [begun, before] = [performance.now(), environment.serverCpu().postgres];
        await client.query(`COPY account (${columns}) FROM ${file}`);
        const seconds = (performance.now() - begun) / 1_000;
        const after = environment.serverCpu().postgres;
        const used = before === null || after === null ? null : after - before;
        return [limit('COPY', metric, count / seconds, { cpuSeconds: used, maxRssMiB: null })];
      });
    },
  };
}

let runs = 0;

type Usage = Pick<Measurement, 'cpuSeconds' | 'maxRssMiB'>;
const SAMPLE_MS = 100;

/** @returns what it printed, and what it used until shortly before its end, its start included */
async function kafkaTool(
  { stack }: Environment,
  tool: string,
  args: readonly string[],
): Promise<{ output: string; used: Usage }> {
  const name = `tool-${++runs}`;
  const logFile = join(stack.folder, `${name}.log`);
  const classPath = ['-cp', join(await stack.artifact(RUNTIME), '*'), `org.apache.kafka.tools.${tool}`];
  const command = { command: javaCommand(), args: [...classPath, ...args] };
  const pid = await stack.spawn({ ...command, name, logFile, endSignal: 'SIGKILL' });
  let used: Usage = { cpuSeconds: null, maxRssMiB: null };
  const sample = (): void => {
    used = { cpuSeconds: cpuSeconds(pid) ?? used.cpuSeconds, maxRssMiB: maxRssMiB(pid) ?? used.maxRssMiB };
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const { code } = await stack.exited(name).finally(() => clearInterval(timer));
  const output = readFileSync(logFile, 'utf8');
  if (code !== 0) throw new Error(`${tool} ended with ${String(code)}: ${output.slice(-500)}`);
  return { output, used };
}

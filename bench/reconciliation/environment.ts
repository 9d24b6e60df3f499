import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresUrl, startStack, type RunningStack } from '@tieout/stack';
import { inDatabase } from '../database.ts';
import { treeCpuSeconds } from '../proc.ts';
import { type Dataset, load } from './dataset.ts';

/** PostgreSQL with comparisons of several sizes, each in a database of its own. */
export interface Environment {
  /** The comparison with so many items a side: loaded when it is first asked for. */
  dataset(items: number): Promise<Dataset>;
  /** Processor time of the server so far. */
  serverCpu(): number | null;
  stop(): Promise<void>;
}

export async function startEnvironment(log: (message: string) => void): Promise<Environment> {
  // Checkpoints in the middle of a measurement would make the rounds differ more than the subjects do.
  const stack = await startStack({ parts: ['postgres'], onProgress: log, postgresSettings: { max_wal_size: '8GB' } });
  const datasets = new Map<number, Promise<Dataset>>();
  const pid = postgresPid(stack);
  return {
    dataset(items) {
      const known = datasets.get(items) ?? create(stack, items, log);
      datasets.set(items, known);
      return known;
    },
    serverCpu: () => (pid === undefined ? null : treeCpuSeconds(pid)),
    stop: () => stack.stop(),
  };
}

async function create(stack: RunningStack, items: number, log: (message: string) => void): Promise<Dataset> {
  const name = `items_${items}`;
  await inDatabase(postgresUrl(stack.postgres), (client) => client.query(`CREATE DATABASE ${name}`));
  const begun = performance.now();
  const dataset = await load(postgresUrl(stack.postgres, name), items);
  log(`${items} items a side: loaded after ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  return dataset;
}

/** The guardian notes in its folder what runs. */
function postgresPid({ folder }: RunningStack): number | undefined {
  const { processes } = JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as {
    processes: { name: string; pid: number }[];
  };
  return processes.find(({ name }) => name === 'postgres')?.pid;
}

import { availableParallelism, cpus, totalmem } from 'node:os';

export interface Machine {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly text: string;
}

export function thisMachine(now: Date, servers: string): Machine {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 1024 ** 3);
  return {
    date: now.toISOString().slice(0, 10),
    text: `${availableParallelism()} cores (${model}), ${memory} GiB, Node ${process.versions.node}, ${servers}`,
  };
}

import { quantile } from './measurement.ts';
import { rssMiB } from './proc.ts';

const EVERY_MS = 50;

export interface Memory {
  /** Mean of the second half of the time to the mean of the first; null when too short or unreadable. */
  readonly growth: number | null;
  readonly maxMiB: number | null;
}

/** Watches the memory of a process while something runs. */
export async function watchMemory<T>(pid: number, run: () => Promise<T>): Promise<readonly [T, Memory]> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(rssMiB(pid) ?? Number.NaN), EVERY_MS);
  try {
    return [await run(), summary(samples)];
  } finally {
    clearInterval(timer);
  }
}

/** What a process takes until its code is warm says nothing of the data: the first fifth is left out. */
export function summary(samples: readonly number[]): Memory {
  const warm = samples.slice(Math.floor(samples.length / 5)).filter((sample) => !Number.isNaN(sample));
  if (warm.length < 10) return { growth: null, maxMiB: warm.length === 0 ? null : quantile(warm, 1) };
  const middle = Math.floor(warm.length / 2);
  return { growth: mean(warm.slice(middle)) / mean(warm.slice(0, middle)), maxMiB: quantile(warm, 1) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

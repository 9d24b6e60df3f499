/** One figure of one round. */
export interface Measurement {
  readonly subject: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  /** Of the subject's processes while it was measured; null where it cannot be read. */
  readonly cpuSeconds: number | null;
  readonly maxRssMiB: number | null;
}

/** One line of the JSON: a figure over all rounds. */
export interface Result {
  readonly subject: string;
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly cpuSeconds: number | null;
  readonly maxRssMiB: number | null;
}

export const nameOf = ({ subject, metric }: Pick<Result, 'subject' | 'metric'>): string => `${subject} / ${metric}`;

/** Groups by subject and metric, in the order of first appearance. */
export function summarise(measurements: readonly Measurement[]): Result[] {
  const groups = Map.groupBy(measurements, nameOf);
  return [...groups.values()].map((group) => {
    const values = group.map(({ value }) => value);
    const { subject, metric, unit } = group[0] as Measurement;
    return {
      ...{ subject, metric, unit },
      median: round(median(values)),
      min: round(Math.min(...values)),
      max: round(Math.max(...values)),
      cpuSeconds: aggregate(group, 'cpuSeconds', median),
      maxRssMiB: aggregate(group, 'maxRssMiB', (all) => Math.max(...all)),
    };
  });
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank. NaN for no values. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function aggregate(
  group: readonly Measurement[],
  field: 'cpuSeconds' | 'maxRssMiB',
  of: (values: number[]) => number,
): number | null {
  const known = group.map((each) => each[field]).filter((value) => value !== null);
  return known.length === 0 ? null : round(of(known));
}

/** Four significant digits: more would pretend. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

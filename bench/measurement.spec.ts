import { describe, expect, it } from 'vitest';
import { type Measurement, quantile, summarise } from './measurement.ts';

const round = (value: number, cpuSeconds: number | null = null, maxRssMiB: number | null = null): Measurement => ({
  ...{ subject: 'a', metric: 'm', unit: 'events/s', value, cpuSeconds, maxRssMiB },
});

describe('the results of a run', () => {
  it('are median, smallest and largest round', () => {
    expect(summarise([round(3, 1, 10), round(1, 2, 30), round(2, 9, 20)])).toEqual([
      { subject: 'a', metric: 'm', unit: 'events/s', median: 2, min: 1, max: 3, cpuSeconds: 2, maxRssMiB: 30 },
    ]);
  });

  it('keep subjects and metrics apart, in the order of first appearance', () => {
    const others = [{ ...round(1), metric: 'n' }, { ...round(2), subject: 'b' }, round(3)];
    expect(summarise(others).map(({ subject, metric }) => subject + metric)).toEqual(['an', 'bm', 'am']);
  });

  it('say nothing of processor time that could not be read', () => {
    expect(summarise([round(1), round(2)])[0]?.cpuSeconds).toBeNull();
  });
});

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  it.each([
    [0.5, 51],
    [0.99, 100],
    [1, 100],
  ])('%d of 1 to 100 is %d', (q, expected) => expect(quantile(hundred, q)).toBe(expected));
});

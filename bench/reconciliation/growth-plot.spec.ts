import { describe, expect, it } from 'vitest';
import type { Result } from '../measurement.ts';
import { growthPlot } from './growth-plot.ts';
import { exponent, GROWTH, sizes } from './scenarios/growth.ts';

const result = (subject: string, median: number): Result => ({
  ...{ subject, metric: GROWTH, unit: 's', median, min: median, max: median, cpuSeconds: null, maxRssMiB: null },
});

describe('growth', () => {
  it('is measured in equal steps of the logarithm', () => {
    expect(sizes(1_000_000)).toEqual([10_000, 31_623, 100_000, 316_228, 1_000_000]);
  });

  it.each([1, 1.3, 2])('of the power %d is found', (power) => {
    expect(exponent(sizes(1_000_000).map((size) => [size, 0.001 * size ** power]))).toBeCloseTo(power, 6);
  });

  it('is drawn as points of both subjects that lie on the dashed line when it is linear', () => {
    const svg = growthPlot([
      ...[10_000, 100_000].map((items) => result(`tieout, ${items}`, items / 100_000)),
      ...[10_000, 100_000].map((items) => result(`bare FULL OUTER JOIN, ${items}`, items / 1_000_000)),
    ]);
    expect(svg.match(/<circle/g)).toHaveLength(4);
    const [, ours] = /<path d="M([^"]+)" fill="none" stroke="#2f81f7"/.exec(svg) ?? [];
    expect(svg).toContain(`<path d="M${ours}" stroke="#8b949e" stroke-dasharray`);
  });

  it('is an empty drawing when it was not measured', () => {
    expect(growthPlot([])).toContain('</svg>');
    expect(growthPlot([])).not.toContain('NaN');
  });
});

import { inDatabase } from '../../database.ts';
import type { Measurement } from '../../measurement.ts';
import type { Dataset } from '../dataset.ts';
import { countJoin } from '../join.ts';
import { startMatcher } from '../matcher.ts';
import type { Options } from '../options.ts';
import { type Bench, JOIN, OURS, type Part, type Scenario } from '../scenario.ts';
import type { FullAnswer } from '../subjects/matcher.ts';

export const GROWTH = 'full run by items of a side';
export const EXPONENT = 'growth of the full run, as a power of the items';

/** From a hundredth of the items to all, in equal steps of the logarithm. */
export const sizes = (items: number): number[] => [2, 1.5, 1, 0.5, 0].map((power) => Math.round(items / 10 ** power));

/** One process for all sizes, the smallest twice: what it costs to get warm is no growth. */
const all: Scenario = {
  name: 'sizes',
  async run({ environment, options }) {
    const measured: { readonly items: number; readonly ours: number; readonly join: number }[] = [];
    for (const items of sizes(options.items)) {
      const dataset = await environment.dataset(items);
      measured.push({ items, ours: await decided(dataset, options), join: (await countJoin(dataset)).seconds });
    }
    const figure = (subject: string, metric: string, unit: string, value: number): Measurement => ({
      ...{ subject, metric, unit, value, cpuSeconds: null, maxRssMiB: null },
    });
    return [
      ...measured.map(({ items, ours }) => figure(`${OURS}, ${items}`, GROWTH, 's', ours)),
      ...measured.map(({ items, join }) => figure(`${JOIN}, ${items}`, GROWTH, 's', join)),
      figure(OURS, EXPONENT, '', exponent(measured.map(({ items, ours }) => [items, ours]))),
      figure(JOIN, EXPONENT, '', exponent(measured.map(({ items, join }) => [items, join]))),
    ];
  },
};

async function decided(dataset: Dataset, options: Options): Promise<number> {
  await using matcher = await startMatcher(dataset, { ...options, profile: null });
  // A second first run: the code is compiled by then.
  const run = async (): Promise<number> => {
    await inDatabase(dataset.databaseUrl, (client) => client.query('TRUNCATE comparison_block'));
    return (await matcher.ask<FullAnswer>({ what: 'full', breaks: false })).seconds;
  };
  if (dataset.items < 200_000) await run();
  return await run();
}

/** Slope of the least squares through the logarithms: 1 is linear. */
export function exponent(points: readonly (readonly [size: number, seconds: number])[]): number {
  const logs = points.map(([size, seconds]) => [Math.log(size), Math.log(seconds)] as const);
  const mean = (of: 0 | 1): number => logs.reduce((sum, log) => sum + log[of], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, log) => sum + (log[0] - x) * (log[1] - y), 0);
  return covariance / logs.reduce((sum, log) => sum + (log[0] - x) ** 2, 0);
}

export const growth: Part = {
  name: 'growth',
  about: 'the same from a hundredth of the items to all of them',
  async prepare({ environment, options }: Bench) {
    for (const items of sizes(options.items)) await environment.dataset(items);
  },
  scenarios: [all],
};

import { findSubsets, isUnique, SUBSET_LIMITS, type SubsetLimits, type SubsetSearch } from '@tieout/matching';
import { createRandom, type Random } from '@tieout/testing/programs';
import { quantile, type Measurement } from '../../measurement.ts';
import { OURS, type Part, type Scenario } from '../scenario.ts';

export const CANDIDATES = 40;
export const SLOWEST = `subset search over ${CANDIDATES} candidates, slowest of all kinds`;
export const FOUND = `subset search over ${CANDIDATES} candidates, planted groupings found`;
export const FALSE_CLAIMS = `subset search over ${CANDIDATES} candidates, unique claims after giving up`;

interface Task {
  readonly candidates: readonly bigint[];
  readonly target: bigint;
}
interface Kind {
  readonly name: string;
  readonly limits: SubsetLimits;
  make(random: Random): Task;
}

const amounts = (random: Random, step = 1): bigint[] =>
  Array.from({ length: CANDIDATES }, () => BigInt(random.int(10_000, 10_000_000) * step));
const sum = (some: readonly bigint[]): bigint => some.reduce((total, each) => total + each, 0n);
const some = (random: Random, candidates: readonly bigint[], count: number): bigint =>
  sum(random.shuffled(candidates).slice(0, count));

const planted = (random: Random): Task => {
  const candidates = amounts(random);
  return { candidates, target: some(random, candidates, random.int(2, 5)) };
};
const KINDS: readonly Kind[] = [
  { name: 'some of them are it', limits: SUBSET_LIMITS, make: planted },
  {
    name: 'none are it',
    limits: SUBSET_LIMITS,
    // Even candidates and an odd target: every grouping has to be excluded.
    make(random) {
      const candidates = amounts(random, 2);
      return { candidates, target: some(random, candidates, 4) + 1n };
    },
  },
  {
    name: 'debits and credits',
    limits: SUBSET_LIMITS,
    make(random) {
      const candidates = amounts(random).map((amount) => (random.chance(30) ? -amount : amount));
      return { candidates, target: some(random, candidates, 5) };
    },
  },
  {
    name: 'of any size',
    limits: { ...SUBSET_LIMITS, maxSize: CANDIDATES },
    make(random) {
      const candidates = amounts(random, 2);
      return { candidates, target: some(random, candidates, 20) + 1n };
    },
  },
];

const search: Scenario = {
  name: OURS,
  async run({ options }) {
    const random = createRandom(2026, 'subsets');
    const measured = KINDS.map((kind) => ({ kind, runs: runsOf(kind, random, options.searches) }));
    const figure = (metric: string, unit: string, value: number): Measurement => ({
      ...{ subject: OURS, metric, unit, value, cpuSeconds: null, maxRssMiB: null },
    });
    const all = measured.flatMap(({ runs }) => runs);
    const first = measured[0]?.runs ?? [];
    return [
      ...measured.flatMap(({ kind, runs }) => [
        figure(
          `subset search, ${kind.name}, p50`,
          'ms',
          quantile(
            runs.map(({ ms }) => ms),
            0.5,
          ),
        ),
        figure(
          `subset search, ${kind.name}, gave up`,
          '%',
          percent(runs, ({ answer }) => answer.gaveUp !== null),
        ),
      ]),
      figure(SLOWEST, 'ms', Math.max(...all.map(({ ms }) => ms))),
      figure(
        FOUND,
        '%',
        percent(first, ({ answer, target }) => answer.solutions.some((one) => one.sum === target)),
      ),
      figure(FALSE_CLAIMS, '', all.filter(({ answer }) => answer.gaveUp !== null && isUnique(answer)).length),
    ];
  },
};

function runsOf(kind: Kind, random: Random, count: number): { ms: number; answer: SubsetSearch; target: bigint }[] {
  return Array.from({ length: count }, () => {
    const { candidates, target } = kind.make(random);
    const begun = performance.now();
    const answer = findSubsets(candidates, { low: target, high: target }, kind.limits);
    return { ms: performance.now() - begun, answer, target };
  });
}

const percent = <T>(all: readonly T[], is: (one: T) => boolean): number => (100 * all.filter(is).length) / all.length;

export const subsets: Part = {
  name: 'subsets',
  about: 'which of forty amounts make up a sum',
  prepare: async () => undefined,
  scenarios: [search],
};

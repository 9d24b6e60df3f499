import { compare, isDecimal } from '@tieout/canonical';
import type { ReportedBreak } from '../report.ts';
import { inFull, type LoadedIds } from './ids.ts';
import type { Plan } from './plant.ts';
import type { MonthEndReport } from './report-shape.ts';

export type Verdict = Pick<MonthEndReport, 'tiedOut' | 'planted' | 'breaks' | 'unexpected' | 'missing'>;

/**
 * Holds what was found against what was planted. Tied out means: every expected break was found, with its figures, and no other.
 * @param others what else was found wrong, on the way or by looking at the stations
 */
export function judgeBreaks(
  plans: readonly Plan[],
  ids: LoadedIds,
  found: readonly ReportedBreak[],
  others: readonly ReportedBreak[] = [],
): Verdict {
  const planted = plans.map((plan) => {
    const expected = plan.breaks.map((one) => inFull(one, ids));
    const { plant, kind, system, done } = plan;
    return {
      plant,
      kind,
      system,
      done,
      expected,
      found: expected.every((one) => found.some((other) => isSame(one, other))),
    };
  });
  const causeOf = (one: ReportedBreak): string | null =>
    planted.find(({ expected }) => expected.some((other) => isSame(one, other)))?.plant ?? null;
  const breaks = [
    ...found.map((one) => ({ ...one, plant: causeOf(one) })),
    ...others.map((one) => ({ ...one, plant: null })),
  ];
  const unexpected = breaks.filter(({ plant }) => plant === null).map(({ plant: _, ...one }) => one);
  const missing = planted.flatMap(({ plant, expected }) =>
    expected.filter((one) => !found.some((other) => isSame(one, other))).map((one) => ({ ...one, plant })),
  );
  return { tiedOut: unexpected.length === 0 && missing.length === 0, planted, breaks, unexpected, missing };
}

function isSame(a: ReportedBreak, b: ReportedBreak): boolean {
  return (
    a.check === b.check &&
    a.kind === b.kind &&
    a.object === b.object &&
    says(a.expected, b.expected) &&
    says(a.actual, b.actual)
  );
}

/** The same text, or the same number written in another way. */
function says(a: string | null, b: string | null): boolean {
  if (a === null || b === null || !isDecimal(a) || !isDecimal(b)) return a === b;
  return compare(a, b) === 0;
}

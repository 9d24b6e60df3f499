import type { TrueEvent } from '../generator/generate.ts';
import type { SeenRecord } from '../outsider/outsider.ts';
import {
  accounted,
  deadLettersKept,
  effectsOnceInOrder,
  handedOver,
  publishedOnceInOrder,
  sinkExact,
  type Observed,
} from './checks.ts';
import type { Expected } from './model.ts';

/** All checks that hold whatever the fault was. */
export function judgeAll(
  expected: Expected,
  observed: Observed & { readonly seen: readonly SeenRecord[] },
  truth: readonly TrueEvent[],
): string[] {
  const originals = new Map(observed.seen.map((record) => [`${record.partition}@${record.offset}`, record]));
  const problems = [
    ...handedOver(truth, observed.log),
    ...effectsOnceInOrder(expected, observed),
    ...sinkExact(expected, observed),
    ...publishedOnceInOrder(expected, observed),
    ...accounted(expected, observed),
    ...deadLettersKept(expected, observed, (partition, offset) => originals.get(`${partition}@${offset}`) ?? null),
  ];
  // Not a problem of its own, but usually the reason of one.
  const why = [...new Set(observed.dead.filter(({ status }) => status === 'open').map((row) => row.why))];
  if (problems.length > 0 && why.length > 0) problems.push(`dead letters say: ${why.slice(0, 3).join(' / ')}`);
  return problems;
}

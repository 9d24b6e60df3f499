import { addMonths, contentHash, lastDayOf, periodOf } from '@tieout/canonical';
import type { ResultComparison } from '@tieout/matching';
import type { Signed } from './rule-set-version.ts';

/**
 * - waiting: nobody has begun
 * - running: see progress
 * - done: there are results
 * - cancelled: a person stopped it
 * - failed: see problem
 */
export const BACK_TEST_STATUSES = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;
export type BackTestStatus = (typeof BACK_TEST_STATUSES)[number];

/** The items of a comparison that are dated up to a day, as they are stored now. */
export interface BackTestTarget {
  readonly comparison: string;
  readonly asOf: string;
}

export interface BackTestResult extends BackTestTarget {
  /** What stands on the left and on the right: of three sides the first with each of the others. */
  readonly sides: readonly [left: string, right: string];
  readonly left: number;
  readonly right: number;
  readonly blocks: number;
  readonly result: ResultComparison;
}

export interface BackTestProgress {
  /** Targets that are done, and all. */
  readonly targets: number;
  readonly of: number;
  /** Of the target under way. */
  readonly blocks: number;
  readonly items: number;
}

/** Past items decided by the rules of a version and by those that were active when it was asked for. */
export interface BackTest {
  readonly backTestId: string;
  readonly name: string;
  readonly version: number;
  /** Of the rules that were tested. */
  readonly hash: string;
  /** What they are compared with; null when no version was active. */
  readonly baseline: { readonly version: number; readonly hash: string } | null;
  readonly targets: readonly BackTestTarget[];
  readonly examples: number;
  readonly status: BackTestStatus;
  readonly requested: Signed;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly cancelledBy: string | null;
  readonly progress: BackTestProgress;
  readonly results: readonly BackTestResult[];
  /** Content hash of the results: what was looked at before somebody approved. */
  readonly resultHash: string | null;
  readonly problem: string | null;
}

/** The day itself and the month ends before it, the latest first. */
export function cutOffs(latest: string, periods: number): readonly string[] {
  const month = periodOf(latest);
  const ends = Array.from({ length: periods }, (_, n) => lastDayOf(addMonths(month, -1 - n)));
  return [latest, ...ends].slice(0, periods);
}

/** What an approval writes down about the back-test that it rests on. */
export function approvalDetails({ backTestId, baseline, resultHash, results }: BackTest): Record<string, string> {
  const count = (of: (result: ResultComparison) => number): string =>
    String(results.reduce((all, { result }) => all + of(result), 0));
  return {
    backTest: backTestId,
    baseline: baseline === null ? 'none' : String(baseline.version),
    result: resultHash ?? '',
    gained: count(({ gained }) => gained.cases),
    lost: count(({ lost }) => lost.cases),
    changed: count(({ changed }) => changed.cases),
    newBreaks: count(({ newBreaks }) => newBreaks.cases),
    goneBreaks: count(({ goneBreaks }) => goneBreaks.cases),
    confirmedLost: count(({ confirmed }) => confirmed.counts.lost),
  };
}

/** The results as they are stored: counts are JSON numbers, amounts are text. */
export const hashOfResults = (results: readonly BackTestResult[]): string => contentHash(results);

import type { Result } from './measurement.ts';

export type Figure = readonly [subject: string, metric: string];

/** A figure of ours, alone or as a multiple of another's, and where it has to be. */
export interface Target {
  readonly what: string;
  readonly of: Figure;
  /** The smallest of them is what `of` is divided by. */
  readonly to?: readonly Figure[];
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit?: string;
}

export interface Verdict {
  readonly target: Target;
  /** null: one of the figures is missing. */
  readonly measured: number | null;
  readonly verdict: 'met' | 'missed' | 'not measured';
}

export function judge(results: readonly Result[], targets: readonly Target[]): Verdict[] {
  const value = ([subject, metric]: Figure): number | undefined =>
    results.find((each) => each.subject === subject && each.metric === metric)?.median;
  return targets.map((target) => {
    const own = value(target.of);
    const others = (target.to ?? []).map(value);
    if (own === undefined || others.includes(undefined)) return { target, measured: null, verdict: 'not measured' };
    const measured = target.to === undefined ? own : own / Math.min(...(others as number[]));
    const isMet = measured >= (target.atLeast ?? -Infinity) && measured <= (target.atMost ?? Infinity);
    return { target, measured, verdict: isMet ? 'met' : 'missed' };
  });
}

/** For example ">= 2.5x" or "<= 100 ms". */
export function boundOf({ atLeast, atMost, unit }: Target): string {
  const sign = atLeast === undefined ? '<=' : '>=';
  return `${sign} ${atLeast ?? atMost ?? 0}${unitText(unit)}`;
}

export const unitText = (unit: string | undefined): string => (unit === undefined ? 'x' : ` ${unit}`);

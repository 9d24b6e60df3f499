import type { DecimalString } from '@tieout/canonical';
import type { Sign, Totals } from '@tieout/matching';
import type { Side } from './reconcile-flags.ts';
import type { Highlights } from './reconcile-highlights.ts';
import type { SideInput } from './reconcile-input.ts';

/** What was compared, and how; part of the result. */
export interface RunFacts {
  readonly asOf: string;
  /** Name of the rule set. */
  readonly rules: string;
  /** How the sides sign amounts, when no rules were given and so the files were asked; null with rules, each of which says it. */
  readonly sign: Sign | null;
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** Exact decimal text by ISO 4217 currency. */
export type Sums = Readonly<Record<string, DecimalString>>;

/** Of the result file. */
export type ResultTotals = Pick<Totals, 'left' | 'right' | 'outcomes'> & {
  /** Right less left. */
  readonly difference: Sums;
};

/** A comparison that was carried out. */
export interface Comparison {
  readonly facts: RunFacts;
  readonly totals: ResultTotals;
  readonly highlights: Highlights;
  readonly inputs: Readonly<Record<Side, SideInput>>;
}

import type { DecimalString } from '@tieout/canonical';

/**
 * - matched: a rule proves that the items belong together, and nothing else could
 * - suggested: likely, for a person to confirm
 * - ambiguous: several groupings are equally good; the group holds all candidates
 * - timing: one-sided and young enough to be cleared by `expectedClearing`
 * - explained: agrees or is one-sided for a known reason, its `type` (fx, reversal, fee, ...)
 * - break: nothing explains it
 */
export const OUTCOMES = ['matched', 'suggested', 'ambiguous', 'timing', 'explained', 'break'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Items that were decided together. Every item of a block is in exactly one group. */
export interface Group {
  readonly outcome: Outcome;
  /** Name of the rule that decided; null for what no rule reached. */
  readonly rule: string | null;
  /** What kind of explanation or break it is, e.g. missing-left, missing-right, amount, currency, duplicate, fx, reversal. */
  readonly type: string | null;
  /** Ids, sorted. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** Sum of the right side less sum of the left side; null when their currencies differ and no rate was applied. */
  readonly difference: DecimalString | null;
  /** Currency of `difference`. */
  readonly currency: string | null;
  /** 0 to 1: how sure the rule is; 1 for what is proven, 0 for what nothing matched. */
  readonly confidence: number;
  /** Of a timing difference: the day by which it should be gone. */
  readonly expectedClearing: string | null;
  /** Facts by name that let a person walk it back: keys, scores, rate with source and date, bounds of a search. */
  readonly evidence: Readonly<Record<string, string>>;
}

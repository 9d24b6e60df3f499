/*
 * Worlds of two sides whose truth is known because of how they were made. Shapes are structural on purpose: what is judged
 * has no part in what is right.
 */

export type TruthOutcome = 'matched' | 'suggested' | 'ambiguous' | 'timing' | 'explained' | 'break';

/** One posting, document or statement line. */
export interface TruthItem {
  readonly id: string;
  /** Canonical decimal text. */
  readonly amount: string;
  /** ISO 4217 */
  readonly currency: string;
  /** YYYY-MM-DD */
  readonly date: string | null;
  readonly reference: string | null;
  readonly counterparty: string | null;
  readonly text: string | null;
  readonly legalEntity: string | null;
  /** Id of the item of the same side that this one reverses. */
  readonly reverses: string | null;
  readonly changedAt: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** From `date` on, one unit of `from` is `rate` units of `to`. */
export interface TruthRate {
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly rate: string;
  readonly source: string;
}

/** Items that belong together, and what may be said of them: the first outcome is the one that is wanted. */
export interface AnswerGroup {
  readonly outcomes: readonly TruthOutcome[];
  /** What kind of break or explanation it is, where there is one word for it. */
  readonly type: string | null;
  /** Ids, sorted. */
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** One right way to say what a case is: every item of the case in exactly one group. */
export type Answer = readonly AnswerGroup[];

export interface CaseState {
  readonly left: readonly TruthItem[];
  readonly right: readonly TruthItem[];
  /** The first one is wanted, the others are right too. */
  readonly answers: readonly Answer[];
}

/** A situation that was planted: its items belong to nothing else in the world. */
export interface PlantedCase {
  /** Class of the case, e.g. `subset-1n`. */
  readonly kind: string;
  readonly first: CaseState;
  /** After the second delivery; the same state unless something came late. */
  readonly second: CaseState;
}

export interface World {
  readonly seed: number;
  readonly policy: Policy;
  readonly rates: readonly TruthRate[];
  readonly cases: readonly PlantedCase[];
}

/** What one delivery holds: both sides in an order that means nothing, and what is right about them. */
export interface Scene {
  readonly left: readonly TruthItem[];
  readonly right: readonly TruthItem[];
  readonly cases: readonly (CaseState & { readonly kind: string })[];
}

/** What finance has agreed on, and what truth therefore depends on. Rules that are judged must be made for it. */
export interface Policy {
  /** YYYY-MM-DD */
  readonly asOf: string;
  /** Smallest units of a currency by which amounts may differ. */
  readonly absolute: Readonly<Record<string, number>>;
  /** The same for every currency that is not in `absolute`: what rounding may cost. */
  readonly rounding: number;
  /** Millionths of the left amount by which amounts may differ, where that is more. */
  readonly percentPpm: number;
  /** Days by which the right side's date may lie before and after the left side's. */
  readonly daysBefore: number;
  readonly daysAfter: number;
  /** One-sided items of at most this age are timing. */
  readonly timingDays: number;
  /** Days within which a reversal must show on the other side too. */
  readonly reversalDays: number;
  /** Millionths of the converted amount by which the other one may differ. */
  readonly fxPpm: number;
}

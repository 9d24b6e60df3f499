import type { DecimalString } from '@tieout/canonical';
import type { NormaliseStep } from './normalise.ts';
import type { Similarity } from './similarity.ts';

/*
 * The language of rules: reviewed data, parsed by parse-rule-set.ts, decided by decide-block.ts.
 * A rule sees the items that no earlier rule used. What is written here is the parsed form, with every default filled in; it is
 * plain JSON, and parsing it again gives the same. README.md of this library shows how people write it.
 */

/** What a block is made of: items that differ in one of these never meet. */
export const BLOCK_FIELDS = ['legalEntity', 'counterparty', 'currency'] as const;
export type BlockField = (typeof BLOCK_FIELDS)[number];

export const ITEM_FIELDS = [
  'id',
  'date',
  'currency',
  'reference',
  'counterparty',
  'text',
  'legalEntity',
  'reverses',
] as const;
/** A text of an item; `fields.<name>` is one of the further columns that its source states. */
export type ItemField = (typeof ITEM_FIELDS)[number] | `fields.${string}`;

export interface RuleSet {
  readonly name: string;
  readonly description: string;
  readonly block: readonly BlockField[];
  /** In order. Rules on two sides (match, fx, reversal) stand before rules on one side (timing, explain). */
  readonly rules: readonly Rule[];
}

export type Rule = MatchRule | FxRule | ReversalRule | TimingRule | ExplainRule;
export type RuleKind = Rule['kind'];

interface Named {
  readonly name: string;
  readonly description: string;
}

/** Both texts exist and agree after `normalise`. */
export interface Key {
  readonly left: ItemField;
  readonly right: ItemField;
  /** `left-in-right`: the left text stands in the right one as whole words in a row. */
  readonly how: 'equal' | 'left-in-right' | 'right-in-left';
  readonly normalise: readonly NormaliseStep[];
  /** A text shorter than that after `normalise` proves nothing and is no key. */
  readonly minLength: number;
  /** Only a reference that tells items apart is a key: four digits in runs of three or more that are no year, month or day. */
  readonly distinctive: boolean;
}

/** Two texts that are similar enough. */
export interface Fuzzy {
  readonly left: ItemField;
  readonly right: ItemField;
  readonly normalise: readonly NormaliseStep[];
  readonly by: Similarity;
  /** Least similarity, above 0, at most 1. */
  readonly atLeast: number;
  /** `pass`: a text that is missing does not speak against a pair. */
  readonly missing: 'fail' | 'pass';
}

/** A difference passes when any of the stated bounds allows it and `atMost`, if stated, does. All bounds are included. */
export interface Tolerance {
  /** In whatever currency the items have. */
  readonly absolute: DecimalString | null;
  /** Of the left amount, `0.5` is half a percent. */
  readonly percent: DecimalString | null;
  /** Rounding: so many of the currency's smallest units (1 is 0.01 USD, 1 JPY). */
  readonly minorUnits: number | null;
  /** Absolute per currency; takes the place of `absolute` there. */
  readonly currencies: Readonly<Record<string, DecimalString>>;
  readonly atMost: DecimalString | null;
}

/** Days from the left date to the right date, both bounds included; an item without a date is in no window. */
export interface DateWindow {
  readonly from: number;
  readonly to: number;
}

export interface Condition {
  readonly field: ItemField | 'amount';
  /** One of these texts, letter for letter. */
  readonly equals: readonly string[] | null;
  readonly startsWith: readonly string[] | null;
  /** One of these stands in it as whole words, upper or lower case. */
  readonly contains: readonly string[] | null;
  readonly present: boolean | null;
  /** For amounts: bounds, included. */
  readonly min: DecimalString | null;
  readonly max: DecimalString | null;
}

/** Which items a rule looks at: those for which every condition holds. */
export interface Conditions {
  readonly left: readonly Condition[];
  readonly right: readonly Condition[];
}

/** `opposite`: the two sides sign amounts the other way round. */
export type Sign = 'same' | 'opposite';

/**
 * What happens to items that are candidates of each other without being the only ones:
 * - `hold`: they leave as one ambiguous group
 * - `pass`: later rules may choose, but only among these candidates, and only a pair that has no other one among all of them;
 *   what none settles is ambiguous in the end. When all others were used elsewhere, the last pair that is left is suggested.
 * - `ignore`: nothing is noted: for rules so weak that several candidates mean none
 */
export type OnAmbiguity = 'hold' | 'pass' | 'ignore';

interface PairRule extends Named {
  readonly keys: readonly Key[];
  readonly fuzzy: readonly Fuzzy[];
  readonly date: DateWindow | null;
  readonly sign: Sign;
  readonly when: Conditions;
  readonly onAmbiguity: OnAmbiguity;
  /** Above 0, at most 1. Null: 1 for matched; for suggested what its evidence is worth. */
  readonly confidence: number | null;
}

export interface MatchRule extends PairRule {
  readonly kind: 'match';
  /** Fields that must be equal but do not tell which items belong together: a mismatch alone is a break of type `field`. */
  readonly agree: readonly Key[];
  /** Null: equal amounts. */
  readonly amount: Tolerance | null;
  /** One left to several right is `1:N`; `N:M` takes 1:N and N:1 as well. */
  readonly cardinality: '1:1' | '1:N' | 'N:1' | 'N:M';
  /** `keys`: all items with the same keys are one group; `search`: the ones that make up the sum are searched. Null for 1:1. */
  readonly group: 'keys' | 'search' | null;
  /** Null unless `group` is `search`. */
  readonly search: SearchBounds | null;
  readonly outcome: 'matched' | 'suggested';
  /** `pair`: items that no rule can tell apart, as many on either side, are paired in the order of their ids. */
  readonly twins: 'hold' | 'pair';
  /** `break`: items that no rule can tell apart, more of them than the other side has, are a break of type `duplicate`. */
  readonly duplicates: 'hold' | 'break';
  /** `break`: keys agree, one thing else does not: one break with both sides instead of two missing ones. */
  readonly nearMiss: 'break' | 'off';
}

export interface SearchBounds {
  readonly maxCandidates: number;
  readonly maxSize: number;
  readonly maxSteps: number;
}

/** 1:1 between two currencies. The right amount is converted to the left currency; the residual is in the left currency. */
export interface FxRule extends PairRule {
  readonly kind: 'fx';
  readonly rate: {
    /** Whose day the rate is taken of. */
    readonly dateOf: 'left' | 'right' | 'asOf';
    /** A rate older than that is none. */
    readonly maxAgeDays: number;
    /** Null: any source. */
    readonly source: string | null;
  };
  /** Of the residual. Null: none beyond one smallest unit. */
  readonly amount: Tolerance | null;
  /** When a residual of more than rounding is left; without one the pair is matched. */
  readonly outcome: 'matched' | 'suggested' | 'explained';
}

/**
 * Voids, credits and refunds. An item reverses what its `reverses` names or, when keys are given, the one item of its own side with
 * these keys (`left` of a key is the original, `right` the reversal) and the opposite amount, not later than it.
 * Neither used: both net to nothing and are explained. The original is matched: the other side must show its reversal too,
 * within `withinDays` it is timing, after that a break of type `reversal-missing`.
 */
export interface ReversalRule extends Named {
  readonly kind: 'reversal';
  readonly keys: readonly Key[];
  readonly sign: Sign;
  readonly withinDays: number;
}

interface OneSidedRule extends Named {
  readonly side: 'left' | 'right' | 'both';
  readonly when: readonly Condition[];
}

/** An item without a counterpart, dated at most `days` before asOf or later, is expected to clear `days` after its date. */
export interface TimingRule extends OneSidedRule {
  readonly kind: 'timing';
  readonly days: number;
}

/** An item without a counterpart for a known reason, e.g. bank fees. */
export interface ExplainRule extends OneSidedRule {
  readonly kind: 'explain';
  /** The reason, e.g. `fee`. */
  readonly type: string;
}

import type { DecimalString } from '@tieout/canonical';
import type { Group, Outcome } from '../group.ts';
import type { Item } from '../item.ts';

/** Absolute amounts by ISO 4217 code: of the left items, of the right ones where nothing is on the left. */
export type Values = Readonly<Record<string, DecimalString>>;

export interface Tally {
  /** Groups of one result; where two results are compared, sets of groups that share items and nothing with others. */
  readonly cases: number;
  readonly left: number;
  readonly right: number;
  readonly value: Values;
}

/** What somebody needs to recognise an item. */
export type ExampleItem = Pick<Item, 'id' | 'amount' | 'currency' | 'date' | 'reference' | 'counterparty' | 'text'> & {
  readonly side: 'left' | 'right';
};

/** The same items under both results; of large groups the first items. */
export interface Example {
  readonly before: readonly Group[];
  readonly after: readonly Group[];
  readonly items: readonly ExampleItem[];
  /** Items that are left out of `items` and of the groups. */
  readonly more: number;
}

export interface ChangeTally extends Tally {
  /** How many by rule that gained or lost; by what changed; by type of a break. */
  readonly by: Readonly<Record<string, number>>;
  /** The first in the order of the blocks. */
  readonly examples: readonly Example[];
}

/** Items by what they were and what they become; outcomes that stay are there too. */
export interface Move {
  readonly from: Outcome;
  readonly to: Outcome;
  readonly left: number;
  readonly right: number;
}

/** Items that a person has put together. */
export interface ConfirmedMatch {
  /** Of the break that was resolved so. */
  readonly id: string;
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly by: string;
  readonly reason: string;
}

/**
 * - agrees: the second result puts exactly these items together
 * - untouched: both results leave them as they were when the person decided
 * - lost: the second result treats them otherwise than the first, and not as the person did
 * - absent: not all of them are among the items compared
 */
export type ConfirmedFate = 'agrees' | 'untouched' | 'lost' | 'absent';

export interface ConfirmedComparison {
  readonly counts: Readonly<Record<ConfirmedFate, number>>;
  /** Every one, as many as there are. */
  readonly lost: readonly (ConfirmedMatch & { readonly becomes: readonly Group[] })[];
}

/**
 * How one result differs from another over the same items. Every item is in exactly one of unchanged, gained, lost and changed;
 * breaks are counted beside that.
 */
export interface ResultComparison {
  readonly before: Readonly<Record<Outcome, Tally>>;
  readonly after: Readonly<Record<Outcome, Tally>>;
  readonly moves: readonly Move[];
  /** Same items together, same outcome, type, difference and expected clearing; another rule may say so. */
  readonly unchanged: Tally;
  /** Something is matched where nothing was. */
  readonly gained: ChangeTally;
  /** Nothing is matched any more where something was. */
  readonly lost: ChangeTally;
  /** Anything else: other partners, another outcome, type or difference. */
  readonly changed: ChangeTally;
  /** Breaks with an item that was in none. */
  readonly newBreaks: ChangeTally;
  /** Breaks with an item that is in none any more. */
  readonly goneBreaks: ChangeTally;
  readonly confirmed: ConfirmedComparison;
}

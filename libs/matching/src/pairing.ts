import { getterOf, type Getter, type Sides, type WordKey } from './compiled-keys.ts';
import { dayOf } from './dates.ts';
import type { Item } from './item.ts';
import { normalise } from './normalise.ts';
import type { DateWindow, Fuzzy, FxRule, MatchRule } from './rule-set.ts';
import { SIMILARITIES } from './similarity.ts';
import type { Allowance } from './tolerance.ts';
import { ambiguityOf, claimOf, itemAt, scaleOf, unitsOf, type SideWork, type Work } from './work.ts';

/** Which free items of the two sides are candidates of each other, in a form that can be looked up instead of tried out. */
export interface Pairing {
  /** Hashed: the items of a class have the same text. An item without one is no candidate. */
  readonly keys: Sides;
  readonly word: WordKey | null;
  /** Must be equal as well; null is equal to null. */
  readonly equal: readonly Sides[];
  /** What can be sorted and walked with a window. */
  readonly window: Window | null;
  /** The rest, tried on each pair. */
  readonly tests: readonly PairTest[];
  /** Items of different ambiguities may meet. */
  readonly isAcross: boolean;
  /** No key tells which items belong together. */
  readonly isWeak: boolean;
  readonly usable: {
    readonly left: ((item: Item) => boolean) | null;
    readonly right: ((item: Item) => boolean) | null;
  };
}

/**
 * Items of different scopes are no pair. 1:1 rules keep to what an earlier rule left ambiguous, groups are looked at as a whole.
 * A weak rule leaves an item to the one counterpart that has its reference: see claims.ts.
 */
export function scopeOf(pairing: Pairing, side: SideWork, position: number): number {
  if (pairing.isAcross) return 0;
  const ambiguity = ambiguityOf(side, position);
  return ambiguity !== 0 || !pairing.isWeak ? ambiguity : -claimOf(side, position);
}

export type PairTest = (work: Work, left: number, right: number) => boolean;

/** Bounds grow with the left items' order, so that the window only moves forward. Null: in no window. */
export interface Window {
  readonly bounds: (work: Work, left: number) => readonly [low: bigint | number, high: bigint | number] | null;
  readonly at: (work: Work, right: number) => bigint | number | null;
}

export function dateWindow({ from, to }: DateWindow): Window {
  return {
    bounds: (work, left) => {
      const { date } = itemAt(work.left, left);
      return date === null ? null : [dayOf(date) + from, dayOf(date) + to];
    },
    at: (work, right) => {
      const { date } = itemAt(work.right, right);
      return date === null ? null : dayOf(date);
    },
  };
}

export function amountWindow(allowanceAt: (scale: number) => Allowance, isOpposite: boolean): Window {
  return {
    bounds: (work, left) => {
      const units = unitsOf(work, work.left, left);
      const allowed = allowanceAt(scaleOf(work))(units, itemAt(work.left, left).currency);
      return [units - allowed, units + allowed];
    },
    at: (work, right) => (isOpposite ? -unitsOf(work, work.right, right) : unitsOf(work, work.right, right)),
  };
}

export function isInWindow(window: Window, work: Work, left: number, right: number): boolean {
  const [bounds, at] = [window.bounds(work, left), window.at(work, right)];
  return bounds !== null && at !== null && bounds[0] <= at && at <= bounds[1];
}

export function windowTest(window: Window): PairTest {
  return (work, left, right) => isInWindow(window, work, left, right);
}

export type Score = (left: Item, right: Item) => number;

/** Where a text is missing 0, or 1 when that does not speak against the pair. Equal pairs of texts are compared once. */
export function scoreOf({ left, right, normalise: steps, by, missing }: Fuzzy): Score {
  const [leftText, rightText] = [getterOf(left), getterOf(right)];
  const similar = (x: string, y: string): number => {
    const [a, b] = [normalise(x, steps), normalise(y, steps)];
    return a === '' || b === '' ? scoreOfMissing : SIMILARITIES[by](a, b);
  };
  const scoreOfMissing = missing === 'pass' ? 1 : 0;
  const known = new Map<string, number>();
  return (a, b) => {
    const [x, y] = [leftText(a), rightText(b)];
    if (x === null || y === null) return scoreOfMissing;
    if (x === y) return 1;
    const pair = `${x}\u001f${y}`;
    let score = known.get(pair);
    if (score === undefined) {
      score = similar(x, y);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(pair, score);
    }
    return score;
  };
}
const MOST_KNOWN = 200_000;

export function fuzzyTest(rule: MatchRule | FxRule, scores: readonly Score[]): PairTest {
  return (work, left, right) => {
    const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
    return rule.fuzzy.every(({ atLeast }, n) => (scores[n] as Score)(a, b) >= atLeast);
  };
}

/** Everything but the keys. */
export function passes(pairing: Pairing, work: Work, left: number, right: number): boolean {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  for (const sides of pairing.equal) if (sides.left(a) !== sides.right(b)) return false;
  if (scopeOf(pairing, work.left, left) !== scopeOf(pairing, work.right, right)) return false;
  if (pairing.window !== null && !isInWindow(pairing.window, work, left, right)) return false;
  return pairing.tests.every((test) => test(work, left, right));
}

/** Everything. */
export function isPair(pairing: Pairing, work: Work, left: number, right: number): boolean {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  const key = pairing.keys.left(a);
  if (key === null || key !== pairing.keys.right(b)) return false;
  return isWordIn(pairing.word, a, b) && passes(pairing, work, left, right);
}

function isWordIn(word: WordKey | null, left: Item, right: Item): boolean {
  if (word === null) return true;
  const [holder, other] = word.holder === 'left' ? [left, right] : [right, left];
  const text = word.contained(other);
  return text !== null && word.runs(holder).includes(text);
}

/** A further word key, as a test. */
export function wordTest(word: WordKey): PairTest {
  return (work, left, right) => isWordIn(word, itemAt(work.left, left), itemAt(work.right, right));
}

export const sameGetter = (get: Getter): Sides => ({ left: get, right: get });

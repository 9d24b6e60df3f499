import { fromUnits, type DecimalString } from '@tieout/canonical';
import { OUTCOMES, type Group, type Outcome } from './group.ts';
import type { Block, Item } from './item.ts';
import { decimalsOf, power, unitsAt } from './units.ts';

/** Count of items and their sums by currency. */
export interface SideTotals {
  readonly items: number;
  readonly sums: Readonly<Record<string, DecimalString>>;
}

export interface OutcomeTotals {
  readonly groups: number;
  readonly left: SideTotals;
  readonly right: SideTotals;
}

/** Of a result: what came in on each side, and where it went. The outcomes add up to the sides. */
export interface Totals {
  readonly left: SideTotals;
  readonly right: SideTotals;
  readonly outcomes: Readonly<Record<Outcome, OutcomeTotals>>;
  /** Whether every item that came in is in the groups exactly once, with its amount. */
  readonly isConserved: boolean;
}

export interface TotalsCounter {
  add(block: Block, groups: readonly Group[]): void;
  result(): Totals;
}

/** Totals block by block, for results that are not kept in memory. */
export function countTotals(): TotalsCounter {
  const sides = { left: tally(), right: tally() };
  const outcomes = new Map<Outcome, OutcomeTally>(
    OUTCOMES.map((outcome) => [outcome, { groups: 0, left: tally(), right: tally() }]),
  );
  let isEachOnce = true;
  return {
    add(block, groups) {
      for (const { outcome } of groups) (outcomes.get(outcome) as OutcomeTally).groups += 1;
      for (const side of ['left', 'right'] as const) isEachOnce = addSide(block[side], groups, side) && isEachOnce;
    },
    result: () => ({
      left: sides.left.result(),
      right: sides.right.result(),
      outcomes: Object.fromEntries(
        [...outcomes].map(([outcome, { groups, left, right }]) => [
          outcome,
          { groups, left: left.result(), right: right.result() },
        ]),
      ) as Record<Outcome, OutcomeTotals>,
      isConserved: isEachOnce,
    }),
  };

  function addSide(items: readonly Item[], groups: readonly Group[], side: 'left' | 'right'): boolean {
    const places = placesOf(groups, side);
    let count = 0;
    for (const group of groups) count += group[side].length;
    let isComplete = count === places.size && count === items.length;
    for (const item of items) {
      sides[side].add(item);
      const outcome = places.get(item.id);
      if (outcome === undefined) isComplete = false;
      else (outcomes.get(outcome) as OutcomeTally)[side].add(item);
    }
    return isComplete;
  }
}

interface OutcomeTally {
  groups: number;
  readonly left: Tally;
  readonly right: Tally;
}

function placesOf(groups: readonly Group[], side: 'left' | 'right'): Map<string, Outcome> {
  const places = new Map<string, Outcome>();
  for (const group of groups) for (const id of group[side]) places.set(id, group.outcome);
  return places;
}

export function totalsOf(block: Block, groups: readonly Group[]): Totals {
  const counter = countTotals();
  counter.add(block, groups);
  return counter.result();
}

interface Tally {
  add(item: Item): void;
  result(): SideTotals;
}

function tally(): Tally {
  let items = 0;
  const sums = new Map<string, { units: bigint; scale: number }>();
  return {
    add({ amount, currency }) {
      items += 1;
      let sum = sums.get(currency);
      if (sum === undefined) sums.set(currency, (sum = { units: 0n, scale: 0 }));
      const scale = decimalsOf(amount);
      if (scale > sum.scale) {
        sum.units *= power(scale - sum.scale);
        sum.scale = scale;
      }
      sum.units += unitsAt(amount, sum.scale);
    },
    result: () => ({
      items,
      sums: Object.fromEntries(
        [...sums].sort().map(([currency, { units, scale }]) => [currency, fromUnits(units, scale)]),
      ),
    }),
  };
}

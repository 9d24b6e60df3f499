import { add } from '@tieout/canonical';
import { OUTCOMES } from '@tieout/matching';
import type { Outcome } from '@tieout/matching';
import type { Figure } from './stored-group.ts';

export interface OutcomeTotal {
  readonly groups: number;
  readonly items: number;
  /** By name of the side: items and exact sums by currency. */
  readonly sides: Readonly<
    Record<string, { readonly items: number; readonly amounts: Readonly<Record<string, string>> }>
  >;
}

export interface Summary {
  readonly items: number;
  readonly outcomes: Readonly<Record<Outcome, OutcomeTotal>>;
  /** Share of the items that rules matched or explained, 0 to 1 with four digits; null where there are no items. */
  readonly autoMatchRate: number | null;
  /** The same with those that people matched. */
  readonly matchRate: number | null;
}

/** What a comparison says as a whole. `byPeople`: items that nothing but a person's decision matched. */
export function summaryOf(figures: readonly Figure[], sideNames: readonly string[], byPeople: number): Summary {
  const outcomes = Object.fromEntries(
    OUTCOMES.map((outcome) => [
      outcome,
      totalOf(
        figures.filter((one) => one.outcome === outcome),
        sideNames,
      ),
    ]),
  ) as Record<Outcome, OutcomeTotal>;
  const items = figures.reduce((count, one) => count + one.items, 0);
  const auto = outcomes.matched.items + outcomes.explained.items;
  return { items, outcomes, autoMatchRate: share(auto, items), matchRate: share(auto + byPeople, items) };
}

function totalOf(figures: readonly Figure[], sideNames: readonly string[]): OutcomeTotal {
  const sides = sideNames.map((name, side) => {
    const own = figures.filter((one) => one.side === side);
    const amounts: Record<string, string> = {};
    for (const { currency, amount } of own) amounts[currency] = add(amounts[currency] ?? '0', amount);
    return [name, { items: count(own, 'items'), amounts }] as const;
  });
  return { groups: count(figures, 'groups'), items: count(figures, 'items'), sides: Object.fromEntries(sides) };
}

const count = (figures: readonly Figure[], what: 'groups' | 'items'): number =>
  figures.reduce((total, one) => total + one[what], 0);

/** Rounded down: a rate of 1 says that nothing is left. */
const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.floor((Math.min(part, whole) * 10_000) / whole) / 10_000;

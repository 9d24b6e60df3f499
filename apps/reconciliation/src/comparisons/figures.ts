import { add as plus, ExactSum } from '@tieout/canonical';
import type { Item, Outcome } from '@tieout/matching';
import type { Figure, StoredGroup } from './stored-group.ts';

interface Tally {
  readonly outcome: Outcome;
  readonly side: number;
  readonly currency: string;
  readonly sum: ExactSum;
  items: number;
}
type ById = ReadonlyMap<string, Item>;

/** Counts and sums of every outcome per side and currency; the items of all outcomes together are the items of the sides. */
export function figuresOf(groups: readonly StoredGroup[], sides: readonly ById[]): readonly Figure[] {
  const tallies: Tally[] = [];
  const counts = new Map<Outcome, number>();
  for (const group of groups) {
    counts.set(group.outcome, (counts.get(group.outcome) ?? 0) + 1);
    tallyGroup(tallies, group, sides);
  }
  return tallies.map(({ outcome, side, currency, items, sum }) => {
    const count = counts.get(outcome) ?? 0;
    counts.delete(outcome);
    return { outcome, side, currency, groups: count, items, amount: sum.value };
  });
}

function tallyGroup(tallies: Tally[], group: StoredGroup, sides: readonly ById[]): void {
  const { outcome, parts } = group;
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    tally(tallies, outcome, 0, only.left, sides[0]);
    tally(tallies, outcome, only.side, only.right, sides[only.side]);
    return;
  }
  for (const [side, ids] of idsOf(group, sides.length).entries()) tally(tallies, outcome, side, ids, sides[side]);
}

function tally(tallies: Tally[], outcome: Outcome, side: number, ids: readonly string[], byId: ById | undefined): void {
  for (const id of ids) {
    const item = byId?.get(id);
    if (item === undefined) continue;
    const { currency } = item;
    const own = tallyOf(tallies, outcome, side, currency);
    own.sum.add(item.amount);
    own.items += 1;
  }
}

/** A handful: comparing beats making a key of them for every item. */
function tallyOf(tallies: Tally[], outcome: Outcome, side: number, currency: string): Tally {
  for (const one of tallies) if (one.side === side && one.outcome === outcome && one.currency === currency) return one;
  const own = { outcome, side, currency, sum: new ExactSum(), items: 0 };
  tallies.push(own);
  return own;
}

/** Ids of a group by side; those of the first side, which several parts name, each once. */
export function idsOf({ parts }: StoredGroup, sides: number): readonly (readonly string[])[] {
  const [only] = parts;
  if (parts.length === 1 && only) {
    const bySide: (readonly string[])[] = Array.from({ length: sides }, () => []);
    bySide[0] = only.left;
    bySide[only.side] = only.right;
    return bySide;
  }
  return Array.from({ length: sides }, (_, side) =>
    side === 0
      ? [...new Set(parts.flatMap(({ left }) => left))]
      : parts.filter((part) => part.side === side).flatMap(({ right }) => right),
  );
}

/** Adds figures of one more block to those of all before it. */
export function addFigures(totals: Map<string, Figure>, figures: readonly Figure[]): void {
  for (const figure of figures) {
    const key = `${figure.outcome}|${figure.side}|${figure.currency}`;
    const before = totals.get(key);
    totals.set(
      key,
      before === undefined
        ? figure
        : {
            ...figure,
            groups: before.groups + figure.groups,
            items: before.items + figure.items,
            amount: plus(before.amount, figure.amount),
          },
    );
  }
}

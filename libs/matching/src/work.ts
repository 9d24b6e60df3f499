import { fromUnits, type DecimalString } from '@tieout/canonical';
import type { CompiledPairRule } from './compile.ts';
import type { Group } from './group.ts';
import type { Block, Item, MatchContext } from './item.ts';
import { decimalsOf, unitsAt } from './units.ts';

/** One side of a block while it is decided. Items are named by their position. */
export interface SideWork {
  readonly items: readonly Item[];
  /** 0 while the item is free, then the number of its group, from 1. */
  readonly groupOf: Int32Array;
  /** Number of the unsettled ambiguity that the item is in, from 1; 0 for none. Null while there is none at all. */
  ambiguityOf: Int32Array | null;
  /** Number of the near miss that a free item is part of, from 1: see claims.ts. Null before any weak rule. */
  claimOf: Map<number, number> | null;
  units: (bigint | undefined)[] | null;
  free: number;
}

/** Candidates that a rule could not tell apart and left to later rules. */
export interface Ambiguity {
  readonly rule: CompiledPairRule;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

export interface Work {
  readonly left: SideWork;
  readonly right: SideWork;
  readonly context: MatchContext;
  readonly groups: Group[];
  readonly ambiguities: Ambiguity[];
  /** By item: which rule had too many candidates to look at, as a sentence. */
  readonly gaveUp: Map<Item, string>;
  /** Digits after the point of all units; see `scaleOf`. */
  scale: number | null;
  readonly leastScale: number;
}

export type Decision = Pick<Group, 'outcome' | 'rule' | 'type' | 'confidence' | 'evidence'> & {
  readonly expectedClearing?: string | null;
  readonly isOpposite?: boolean;
  /** When it is not the plain difference of the sums. */
  readonly difference?: { readonly amount: DecimalString; readonly currency: string };
};

export function openWork(block: Block, context: MatchContext, leastScale: number): Work {
  const [left, right] = [openSide(block.left), openSide(block.right)];
  return { left, right, context, groups: [], ambiguities: [], gaveUp: new Map(), scale: null, leastScale };
}

function openSide(items: readonly Item[]): SideWork {
  return {
    items,
    groupOf: new Int32Array(items.length),
    ambiguityOf: null,
    claimOf: null,
    units: null,
    free: items.length,
  };
}

export function itemAt(side: SideWork, position: number): Item {
  return side.items[position] as Item;
}

export function isFree(side: SideWork, position: number): boolean {
  return side.groupOf[position] === 0;
}

export function freeOf(side: SideWork): number[] {
  const free: number[] = [];
  for (let n = 0; n < side.items.length; n += 1) if (side.groupOf[n] === 0) free.push(n);
  return free;
}

export function ambiguityOf(side: SideWork, position: number): number {
  return side.ambiguityOf === null ? 0 : (side.ambiguityOf[position] as number);
}

export function claimOf(side: SideWork, position: number): number {
  return side.claimOf?.get(position) ?? 0;
}

/** Of all units in this block: as many digits as its longest amount and the rules need. */
export function scaleOf(work: Work): number {
  if (work.scale === null) {
    let scale = work.leastScale;
    for (const { items } of [work.left, work.right])
      for (const { amount } of items) scale = Math.max(scale, decimalsOf(amount));
    work.scale = scale;
  }
  return work.scale;
}

/** Converted at most once per item, and not at all for an item that settles by equal text. */
export function unitsOf(work: Work, side: SideWork, position: number): bigint {
  const all = (side.units ??= []);
  return (all[position] ??= unitsAt(itemAt(side, position).amount, scaleOf(work)));
}

export function sumOf(work: Work, side: SideWork, positions: readonly number[]): bigint {
  return positions.reduce((sum, position) => sum + unitsOf(work, side, position), 0n);
}

/** The free items are in a group from now on. */
export function decide(work: Work, left: readonly number[], right: readonly number[], decision: Decision): void {
  const currency = decision.difference?.currency ?? commonCurrency(work, left, right);
  work.groups.push({
    outcome: decision.outcome,
    rule: decision.rule,
    type: decision.type,
    left: idsOf(work.left, left),
    right: idsOf(work.right, right),
    difference:
      decision.difference?.amount ??
      (currency === null ? null : differenceOf(work, left, right, decision.isOpposite === true)),
    currency,
    confidence: decision.confidence,
    expectedClearing: decision.expectedClearing ?? null,
    evidence: decision.evidence,
  });
  take(work.left, left, work.groups.length);
  take(work.right, right, work.groups.length);
}

function take(side: SideWork, positions: readonly number[], group: number): void {
  for (const position of positions) side.groupOf[position] = group;
  side.free -= positions.length;
}

function differenceOf(
  work: Work,
  left: readonly number[],
  right: readonly number[],
  isOpposite: boolean,
): DecimalString {
  const [only, other] = [left[0], right[0]];
  const isPair = left.length === 1 && right.length === 1 && !isOpposite;
  if (isPair && itemAt(work.left, only as number).amount === itemAt(work.right, other as number).amount) return '0';
  const sum = sumOf(work, work.right, right);
  return fromUnits((isOpposite ? -sum : sum) - sumOf(work, work.left, left), scaleOf(work));
}

export function commonCurrency(work: Work, left: readonly number[], right: readonly number[]): string | null {
  if (left.length === 1 && right.length === 1) {
    const { currency } = itemAt(work.left, left[0] as number);
    return currency === itemAt(work.right, right[0] as number).currency ? currency : null;
  }
  const first = left[0] === undefined ? itemAt(work.right, right[0] as number) : itemAt(work.left, left[0]);
  const isCommon = (side: SideWork) => (position: number) => itemAt(side, position).currency === first.currency;
  return left.every(isCommon(work.left)) && right.every(isCommon(work.right)) ? first.currency : null;
}

function idsOf(side: SideWork, positions: readonly number[]): string[] {
  const ids = positions.map((position) => itemAt(side, position).id);
  return ids.length > 1 ? ids.sort() : ids;
}

/** Positions in the order of their items' ids, so that nothing depends on the order of the input. */
export function byId(side: SideWork, positions: readonly number[]): number[] {
  return [...positions].sort((a, b) => (itemAt(side, a).id < itemAt(side, b).id ? -1 : 1));
}

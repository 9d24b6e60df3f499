import type { CompiledReversal, ReversalKeys } from './compile.ts';
import { addDays } from './dates.ts';
import type { Group } from './group.ts';
import type { Item } from './item.ts';
import { negated } from './units.ts';
import { byId, decide, freeOf, isFree, itemAt, sumOf, type SideWork, type Work } from './work.ts';

type SideName = 'left' | 'right';
const OTHER = { left: 'right', right: 'left' } as const;

interface Reversal {
  readonly original: number;
  readonly reversal: number;
}

/** Voids, credits and refunds: see ReversalRule. */
export function decideReversals(work: Work, compiled: CompiledReversal): void {
  const found = { left: reversalsOf(work.left, compiled), right: reversalsOf(work.right, compiled) };
  for (const side of ['left', 'right'] as const) netFreePairs(work, compiled, side, found[side]);
  const open = { left: byGroup(work, 'left', found.left), right: byGroup(work, 'right', found.right) };
  const known = { left: freeNames(work.left, compiled), right: freeNames(work.right, compiled) };
  for (const group of new Set([...open.left.keys(), ...open.right.keys()])) {
    const reversals = { left: open.left.get(group) ?? [], right: open.right.get(group) ?? [] };
    decideOfGroup(work, compiled, reversals, known);
  }
}

/** Free items of a side with the one item that each reverses. */
function reversalsOf(side: SideWork, compiled: CompiledReversal): Reversal[] {
  if (side.free === 0 || !hasBothSigns(side)) return [];
  const free = byId(side, freeOf(side));
  const positions = free.some((position) => itemAt(side, position).reverses !== null) ? positionsById(side) : null;
  const named = compiled.keys === null ? null : namedItems(side, compiled.keys, free);
  return free.flatMap((reversal) => {
    const { reverses } = itemAt(side, reversal);
    const original = reverses === null ? originalByName(side, named, reversal) : positions?.get(reverses);
    return original === undefined || original === reversal ? [] : [{ original, reversal }];
  });
}

/** Where all amounts have one sign, nothing reverses anything: most exports of documents are like that. */
function hasBothSigns({ items }: SideWork): boolean {
  let [negative, positive] = [false, false];
  for (const { amount } of items) {
    if (amount.startsWith('-')) negative = true;
    else positive = true;
    if (negative && positive) return true;
  }
  return false;
}

function positionsById(side: SideWork): Map<string, number> {
  return new Map(side.items.map(({ id }, position) => [id, position]));
}

interface NamedItems {
  readonly keys: ReversalKeys;
  readonly originals: ReadonlyMap<string, readonly number[]>;
  readonly reversals: ReadonlyMap<string, readonly number[]>;
}

/** By name and amount, all items of the side, used or not; only amounts that could concern a free item. */
function namedItems(side: SideWork, keys: ReversalKeys, free: readonly number[]): NamedItems {
  const amounts = new Set(free.map((position) => itemAt(side, position).amount));
  const reversed = new Set([...amounts].map(negated));
  const [originals, reversals] = [new Map<string, number[]>(), new Map<string, number[]>()];
  side.items.forEach((item, position) => {
    if (amounts.has(item.amount)) note(reversals, keys.ofReversal(item), amountOf(item), position);
    if (reversed.has(item.amount)) note(originals, keys.ofOriginal(item), oppositeOf(item), position);
  });
  return { keys, originals, reversals };
}

const amountOf = ({ amount, currency }: Item): string => `${amount} ${currency}`;
/** Of the reversal that an item would have. */
const oppositeOf = ({ amount, currency }: Item): string => `${negated(amount)} ${currency}`;

function note(index: Map<string, number[]>, names: readonly string[], amount: string, position: number): void {
  for (const name of names) {
    const key = `${amount}\u001f${name}`;
    const others = index.get(key);
    if (others === undefined) index.set(key, [position]);
    else if (others.length <= MOST_NAMED) others.push(position);
  }
}

/** More items of one name and amount than that tell nothing about each other. */
const MOST_NAMED = 100;

function lookUp(index: NamedItems['originals'], names: readonly string[], amount: string): number[] {
  return [...new Set(names.flatMap((name) => index.get(`${amount}\u001f${name}`) ?? []))];
}

/** By name only what is certain: the only one with the opposite amount that is not later, and the only one that reverses it. */
function originalByName(side: SideWork, named: NamedItems | null, reversal: number): number | undefined {
  const item = itemAt(side, reversal);
  if (named === null || item.amount === '0') return undefined;
  const candidates = lookUp(named.originals, named.keys.ofReversal(item), amountOf(item));
  if (candidates.length > MOST_NAMED) return undefined;
  const [only, another] = candidates.filter((position) => isNotLater(itemAt(side, position), item));
  if (only === undefined || another !== undefined) return undefined;
  const original = itemAt(side, only);
  const rivals = lookUp(named.reversals, named.keys.ofOriginal(original), amountOf(item));
  return rivals.every((rival) => rival === reversal || !isNotLater(original, itemAt(side, rival))) ? only : undefined;
}

function isNotLater(original: Item, reversal: Item): boolean {
  return original.date === null || reversal.date === null || original.date <= reversal.date;
}

/** Posted and taken back on one side, and the other side knows of neither. */
function netFreePairs(work: Work, { rule }: CompiledReversal, name: SideName, reversals: readonly Reversal[]): void {
  const side = work[name];
  for (const { original, reversal } of reversals) {
    if (!isFree(side, original) || !isFree(side, reversal)) continue;
    if (itemAt(side, original).amount !== negated(itemAt(side, reversal).amount)) continue;
    if (itemAt(side, original).currency !== itemAt(side, reversal).currency) continue;
    const pair = [original, reversal];
    decide(work, name === 'left' ? pair : [], name === 'left' ? [] : pair, {
      outcome: 'explained',
      rule: rule.name,
      type: 'reversal',
      confidence: 1,
      evidence: { original: itemAt(side, original).id, reversal: itemAt(side, reversal).id },
    });
  }
}

/** Free reversals by the number of the group that their original is matched in. */
function byGroup(work: Work, name: SideName, reversals: readonly Reversal[]): Map<number, number[]> {
  const side = work[name];
  const groups = new Map<number, number[]>();
  for (const { original, reversal } of reversals) {
    const group = side.groupOf[original] as number;
    if (group !== 0 && isFree(side, reversal) && isAgreed(work, group))
      groups.set(group, [...(groups.get(group) ?? []), reversal]);
  }
  return groups;
}

function isAgreed(work: Work, group: number): boolean {
  const { outcome, left, right } = work.groups[group - 1] as Group;
  return (
    left.length > 0 && right.length > 0 && (outcome === 'matched' || outcome === 'suggested' || outcome === 'explained')
  );
}

/** The originals are matched with each other. */
function decideOfGroup(
  work: Work,
  compiled: CompiledReversal,
  { left, right }: Record<SideName, readonly number[]>,
  known: Record<SideName, ReadonlySet<string>>,
): void {
  if (left.length === 0) return right.forEach((reversal) => decideMissing(work, compiled, 'right', reversal, known));
  if (right.length === 0) return left.forEach((reversal) => decideMissing(work, compiled, 'left', reversal, known));
  const isOpposite = compiled.rule.sign === 'opposite';
  const [sum, other] = [sumOf(work, work.left, left), sumOf(work, work.right, right)];
  const currencies = new Set(
    [...left.map((a) => itemAt(work.left, a)), ...right.map((b) => itemAt(work.right, b))].map(
      ({ currency }) => currency,
    ),
  );
  const isEqual = currencies.size === 1 && sum === (isOpposite ? -other : other);
  decide(work, left, right, {
    outcome: isEqual ? 'matched' : 'break',
    rule: compiled.rule.name,
    type: isEqual ? 'reversal' : currencies.size === 1 ? 'amount' : 'currency',
    confidence: isEqual ? 1 : 0,
    evidence: { keys: 'both reverse what is matched', ...(isOpposite && { sign: 'opposite' }) },
    isOpposite,
  });
}

/** Names that a free item of the side has: it may be the reversal that seems to be missing, with another amount. */
function freeNames(side: SideWork, { keys }: CompiledReversal): Set<string> {
  if (keys === null) return new Set();
  return new Set(freeOf(side).flatMap((position) => keys.ofReversal(itemAt(side, position))));
}

function decideMissing(
  work: Work,
  { rule, keys }: CompiledReversal,
  name: SideName,
  reversal: number,
  known: Record<SideName, ReadonlySet<string>>,
): void {
  const side = work[name];
  const item = itemAt(side, reversal);
  if (item.reverses === null && keys?.ofReversal(item).some((text) => known[OTHER[name]].has(text))) return;
  const until = item.date === null ? null : addDays(item.date, rule.withinDays);
  const isTiming = until !== null && until >= work.context.asOf;
  decide(work, name === 'left' ? [reversal] : [], name === 'left' ? [] : [reversal], {
    outcome: isTiming ? 'timing' : 'break',
    rule: rule.name,
    type: 'reversal-missing',
    confidence: 0,
    expectedClearing: isTiming ? until : null,
    evidence: { missing: `the ${OTHER[name]} side shows the original only` },
  });
}

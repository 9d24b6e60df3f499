import { minorUnits, toUnits } from '@tieout/canonical';
import { allowance, flat, magnitude } from './policy.ts';
import type { PlantedCase, Policy, TruthItem } from './types.ts';

/** Parts that a sum on one side may have to meet one item of the other by accident. */
const PARTS = 6;
/** The same where several items on both sides meet. */
const PARTS_OF_BOTH = 3;
/** Parts when items count that a reference settles already. */
const PARTS_OF_SETTLED = 2;

interface Weighed {
  readonly of: PlantedCase;
  readonly side: 'left' | 'right';
  readonly currency: string;
  readonly units: bigint;
}

/**
 * Cases that meet by accident: amounts within tolerance of each other, or sums that are equal to other sums. Dates, references
 * and entities are not looked at, so less is let through than could do harm.
 * @returns those of the first accident that is found; none when every case stands alone
 */
export function collision(cases: readonly PlantedCase[], policy: Policy): readonly PlantedCase[] {
  for (const items of Map.groupBy(cases.flatMap(weighed), ({ currency }) => currency).values()) {
    const found = near(items, policy) ?? sums(items, policy);
    if (found !== null) return found;
  }
  return [];
}

/** Every amount that an item of the case ever has. */
function weighed(of: PlantedCase): Weighed[] {
  const side = (name: 'left' | 'right'): Weighed[] => {
    const items = [...of.first[name], ...of.second[name]];
    const distinct = new Map(items.map((item) => [`${item.id} ${item.amount}`, item]));
    return [...distinct.values()].map((item) => ({ of, side: name, currency: item.currency, units: unitsOf(item) }));
  };
  return [...side('left'), ...side('right')];
}

function unitsOf({ amount, currency }: TruthItem): bigint {
  return toUnits(amount, minorUnits(currency));
}

/** Two amounts, whatever their signs, of which one could pass for the other. */
function near(items: readonly Weighed[], policy: Policy): PlantedCase[] | null {
  const sorted = items.toSorted((a, b) => (magnitude(a.units) < magnitude(b.units) ? -1 : 1));
  for (let at = 1; at < sorted.length; at += 1)
    for (let before = at - 1; before >= 0; before -= 1) {
      const [a, b] = [sorted[before] as Weighed, sorted[at] as Weighed];
      const gap = magnitude(b.units) - magnitude(a.units);
      if (gap > allowance(policy, b.currency, b.units)) break;
      if (a.of !== b.of) return [a.of, b.of];
    }
  return null;
}

/** Whole numbers below 2^53 are exact, and sums of six of them too when they are this much smaller. */
const SUMMABLE = 2n ** 50n;

interface Summand extends Pick<Weighed, 'of' | 'side'> {
  readonly units: number;
}

/** Amounts too large for exact numbers are far from all others and left out. */
function sums(items: readonly Weighed[], policy: Policy): PlantedCase[] | null {
  const all = items
    .filter(({ units }) => magnitude(units) < SUMMABLE)
    .map(({ of, side, units }) => ({ of, side, units: Number(units) }));
  const [allLeft, allRight] = sides(all);
  const [left, right] = sides(all.filter(({ of }) => !isSettled(of)));
  const band = Number(flat(policy, items[0]?.currency ?? ''));
  return (
    meeting([left, PARTS], [right, 1], band) ??
    meeting([right, PARTS], [left, 1], band) ??
    meeting([left, PARTS_OF_BOTH], [right, PARTS_OF_BOTH], 0) ??
    meeting([allLeft, PARTS_OF_SETTLED], [allRight, 1], band) ??
    meeting([allRight, PARTS_OF_SETTLED], [allLeft, 1], band)
  );
}

function sides(items: readonly Summand[]): [Summand[], Summand[]] {
  return [items.filter(({ side }) => side === 'left'), items.filter(({ side }) => side === 'right')];
}

/** What is a match by its reference leaves nothing over that a search could use. */
function isSettled({ first, second }: PlantedCase): boolean {
  return [first, second].every(({ answers: [wanted = []] }) =>
    wanted.every(({ outcomes, left, right }) => outcomes[0] === 'matched' && left.length > 0 && right.length > 0),
  );
}

/** Positions of the parts of a sum; on a walk the list is filled on and must not be kept. */
interface Sum {
  readonly total: number;
  readonly parts: readonly number[];
}

/** Visits the sums of up to `most` items, until a visit finds something. */
function walk<T>(
  items: readonly Summand[],
  most: number,
  visit: (total: number, parts: number[]) => T | null,
): T | null {
  const parts: number[] = [];
  const extend = (from: number, total: number): T | null => {
    for (let at = from; at < items.length; at += 1) {
      const sum = total + (items[at] as Summand).units;
      parts.push(at);
      const found = visit(sum, parts) ?? (parts.length < most ? extend(at + 1, sum) : null);
      if (found !== null) return found;
      parts.pop();
    }
    return null;
  };
  return extend(0, 0);
}

/** Sums of up to `most` of one side and `few` of the other, within the band, that only several cases together make. */
function meeting(
  [many, most]: readonly [readonly Summand[], number],
  [others, few]: readonly [readonly Summand[], number],
  band: number,
): PlantedCase[] | null {
  const targets: Sum[] = [];
  walk(others, few, (total, parts) => {
    targets.push({ total, parts: [...parts] });
    return null;
  });
  targets.sort((a, b) => a.total - b.total);
  return walk(many, most, (total, parts) => {
    for (let at = firstFrom(targets, total - band); at < targets.length; at += 1) {
      const target = targets[at] as Sum;
      if (target.total > total + band) return null;
      const cases = unbalanced([...taken(many, parts), ...taken(others, target.parts)]);
      if (cases.length > 1) return cases;
    }
    return null;
  });
}

function taken(items: readonly Summand[], positions: readonly number[]): Summand[] {
  return positions.map((position) => items[position] as Summand);
}

/** Cases whose own share of the parts does not add up: what does is an answer of its own and needs no other case. */
function unbalanced(parts: readonly Summand[]): PlantedCase[] {
  const nets = new Map<PlantedCase, number>();
  for (const { of, side, units } of parts) nets.set(of, (nets.get(of) ?? 0) + (side === 'left' ? units : -units));
  return [...nets].filter(([, net]) => net !== 0).map(([of]) => of);
}

function firstFrom(sorted: readonly Sum[], total: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Sum).total < total) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { Outcome } from '@tieout/matching';
import type { GroupPart, StoredGroup } from './stored-group.ts';

/** From good to bad: a group over three sides is as good as the worst of its parts. */
const RANK: Readonly<Record<Outcome, number>> = {
  matched: 0,
  explained: 1,
  timing: 2,
  suggested: 3,
  ambiguous: 4,
  break: 5,
};

/**
 * Joins what the pairs of sides say: parts that share items of the first side are one group. With two sides every part is a group,
 * because a pair uses no item twice. The order is that of the first part of each group.
 */
export function combine(parts: readonly GroupPart[], pairs: number): readonly StoredGroup[] {
  if (pairs === 1) return parts.map((part) => ({ outcome: part.outcome, parts: [part] }));
  const groupOf = joined(parts);
  const groups = Map.groupBy(parts, (part) => groupOf(part));
  return [...groups.values()].map((some) => ({ outcome: worst(some), parts: some }));
}

const worst = (parts: readonly GroupPart[]): Outcome =>
  parts.map(({ outcome }) => outcome).reduce((a, b) => (RANK[b] > RANK[a] ? b : a));

/** Number of the group of each part; union-find over the items of the first side. */
function joined(parts: readonly GroupPart[]): (part: GroupPart) => number {
  const parent = parts.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] ?? root;
    parent[index] = root;
    return root;
  };
  const partOf = new Map<string, number>();
  for (const [index, { left }] of parts.entries())
    for (const id of left) {
      const other = partOf.get(id);
      if (other === undefined) partOf.set(id, index);
      else join(parent, rootOf(other), rootOf(index));
    }
  const indexOf = new Map(parts.map((part, index) => [part, index]));
  return (part) => rootOf(indexOf.get(part) ?? 0);
}

/** The lower number stays the root, so that the first part of a group names it. */
function join(parent: number[], a: number, b: number): void {
  parent[Math.max(a, b)] = Math.min(a, b);
}

import type { Group, Item } from '@tieout/matching';

/**
 * A break that may only be one side's change on its way: sides that are read at different moments, as a topic and a snapshot of
 * a system are, differ for a while over whatever changed meanwhile. It is timing until the next run, which reads both again.
 * @param settledBefore instant; what changed later may not have reached the other side. Null where all sides are read at once
 */
export function settled(
  group: Group,
  items: { readonly left: ReadonlyMap<string, Item>; readonly right: ReadonlyMap<string, Item> },
  settledBefore: string | null,
  asOf: string,
): Group {
  if (settledBefore === null || group.outcome !== 'break') return group;
  const changed = [
    ...group.left.map((id) => items.left.get(id)?.changedAt),
    ...group.right.map((id) => items.right.get(id)?.changedAt),
  ];
  // Who does not say when it changed would be on its way for ever.
  const moved = changed.some((at) => at != null && Date.parse(at) > Date.parse(settledBefore));
  if (!moved) return group;
  return {
    ...group,
    outcome: 'timing',
    expectedClearing: asOf,
    evidence: { ...group.evidence, settles: 'changed lately' },
  };
}

/** What a delivered revision is, seen from what was there before it. */
export type Standing = 'applied' | 'duplicate' | 'superseded';

export interface Revised {
  readonly id: string;
  readonly revision: bigint;
}

/**
 * Goes through revisions in the order of delivery: the highest stays, an equal one is a duplicate, a lower one is superseded.
 * Answers the standing of each, and the last applied one of each id.
 */
export function applyRevisions<T extends Revised>(
  known: ReadonlyMap<string, bigint>,
  delivered: readonly T[],
): { readonly standings: readonly Standing[]; readonly latest: readonly T[] } {
  const current = new Map(known);
  const latest = new Map<string, T>();
  const standings = delivered.map((item): Standing => {
    const before = current.get(item.id);
    if (before !== undefined && item.revision === before) return 'duplicate';
    if (before !== undefined && item.revision < before) return 'superseded';
    current.set(item.id, item.revision);
    latest.set(item.id, item);
    return 'applied';
  });
  return { standings, latest: [...latest.values()] };
}

import type { Item, Outcome } from '@tieout/matching';
import { breakIdOf } from '../checks/difference.ts';
import type { ComparisonDefinition } from './comparison.ts';
import type { GroupPart, StoredGroup } from './stored-group.ts';

/** A part of a group as the API shows it. */
export interface PartView extends Omit<GroupPart, 'side' | 'work' | 'left' | 'right'> {
  /** Names of the two sides that were compared. */
  readonly sides: readonly [left: string, right: string];
  readonly left: readonly ItemView[];
  readonly right: readonly ItemView[];
  /** The break that people work on, null when there is nothing to do. */
  readonly breakId: string | null;
}

/** An item, or only its id when it has left since. */
export type ItemView = Partial<Omit<Item, 'id'>> & { readonly id: string };

export interface GroupView {
  readonly outcome: Outcome;
  readonly parts: readonly PartView[];
}

/** `itemOf` finds an item by the number of its side and its id. */
export function groupView(
  { sides }: ComparisonDefinition,
  { outcome, parts }: StoredGroup,
  itemOf: (side: number, id: string) => Item | undefined,
): GroupView {
  const name = (side: number): string => sides[side]?.name ?? String(side);
  const shown = (side: number, ids: readonly string[]): ItemView[] => ids.map((id) => itemOf(side, id) ?? { id });
  return {
    outcome,
    parts: parts.map(({ side, work, left, right, ...part }) => ({
      ...part,
      sides: [name(0), name(side)],
      left: shown(0, left),
      right: shown(side, right),
      breakId: work === undefined ? null : breakIdOf(work),
    })),
  };
}

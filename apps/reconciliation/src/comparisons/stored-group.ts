import type { Group, Outcome } from '@tieout/matching';
import type { Difference } from '../checks/difference.ts';

/** What one pair of sides says: `left` of the group are items of the first side, `right` of the side with this number. */
export interface GroupPart extends Group {
  /** Number of the other side, 1 or 2. */
  readonly side: number;
  /** What people have to look at; absent where there is nothing to do. */
  readonly work?: Difference;
}

/** What was decided together over all sides; one part per other side and group of that pair. */
export interface StoredGroup {
  /** The worst of the parts. */
  readonly outcome: Outcome;
  readonly parts: readonly GroupPart[];
}

/** How much of a block has an outcome, per side and currency. */
export interface Figure {
  readonly outcome: Outcome;
  readonly side: number;
  readonly currency: string;
  /** Groups, counted once for an outcome: at its first figure. */
  readonly groups: number;
  readonly items: number;
  /** Exact sum, decimal text. */
  readonly amount: string;
}

/** All that was decided about a block. */
export interface BlockResult {
  /** But for the exact pairs. */
  readonly groups: readonly StoredGroup[];
  /** The groups as they are stored: equal text for equal groups. */
  readonly encoded: string;
  /** The exact pairs as they are stored: see exact-pairs.ts. */
  readonly pairs: string;
  /** SHA-256 of both, hex. */
  readonly hash: string;
  readonly figures: readonly Figure[];
  /** First day on which a group stops being timing, YYYY-MM-DD. */
  readonly dueOn: string | null;
}

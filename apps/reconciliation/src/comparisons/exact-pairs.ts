import { ExactSum, negate } from '@tieout/canonical';
import { exactGroup } from '@tieout/matching';
import type { ExactKind, ExactRule, SplitBlock } from '@tieout/matching';
import type { Figure, StoredGroup } from './stored-group.ts';

/** The exact pairs of one block: see libs/matching/src/exact-pairs.ts. */
export interface ExactPairs {
  /** As they are stored: of each pair three lines, left id, right id and days, in the order of their keys. */
  readonly text: string;
  readonly count: number;
  /** Of the left amounts, decimal text. */
  readonly sum: string;
  readonly currency: string;
}

export const NO_PAIRS: ExactPairs = { text: '', count: 0, sum: '0', currency: '' };

/** The same that `readSplitBlocks` has the database make. */
export function exactPairsOf({ pairs, items }: SplitBlock): ExactPairs {
  const [first] = items;
  if (first === undefined) return NO_PAIRS;
  const sum = new ExactSum();
  for (const { amount } of items) sum.add(amount);
  const text = pairs.map(({ left, right, days }) => `${left}\n${right}\n${days ?? ''}`).join('\n');
  return { text, count: pairs.length, sum: sum.value, currency: first.currency };
}

export function exactFigures({ count, sum, currency }: ExactPairs, { isOpposite }: ExactRule): readonly Figure[] {
  if (count === 0) return [];
  const figure = { outcome: 'matched' as const, currency, items: count };
  return [
    { ...figure, side: 0, groups: count, amount: sum },
    { ...figure, side: 1, groups: 0, amount: isOpposite ? negate(sum) : sum },
  ];
}

/** @param kind what they all say */
export function decodePairs(text: string, kind: ExactKind): StoredGroup[] {
  const groups: StoredGroup[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 3) {
    const [left, right, days] = lines.slice(at, at + 3) as [string, string, string];
    const group = exactGroup(kind, { left, right, days: days === '' ? null : Number(days) });
    groups.push({ outcome: group.outcome, parts: [{ ...group, side: 1 }] });
  }
  return groups;
}

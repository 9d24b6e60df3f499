import { isDate } from '@tieout/canonical';
import { OUTCOMES } from '@tieout/matching';
import { z } from 'zod';

export const newComparisonRun = z
  .strictObject({ asOf: z.string().refine(isDate, 'expected a date YYYY-MM-DD').nullish() })
  .nullish();

export const groupsQuery = z.strictObject({
  outcome: z.enum(OUTCOMES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional(),
});

/** Where the next page begins: after this group of this block. */
export interface GroupPosition {
  readonly block: string;
  readonly index: number;
}
const position = z.tuple([z.string(), z.int().min(0)]);

export const toGroupCursor = ({ block, index }: GroupPosition): string =>
  Buffer.from(JSON.stringify([block, index])).toString('base64url');

/** Null when it is none of ours. */
export function fromGroupCursor(cursor: string): GroupPosition | null {
  try {
    const [block, index] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { block, index };
  } catch {
    return null;
  }
}

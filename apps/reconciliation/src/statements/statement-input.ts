import { isDate, isDecimal, parseDecimal } from '@tieout/canonical';
import { ENCODINGS, FORMATS } from '@tieout/statements';
import { z } from 'zod';
import { isAccount } from '../comparisons/comparison.ts';

const account = z.string().refine(isAccount, 'expected letters, digits, _ . and -, at most 60');
const amount = z
  .string()
  .refine(isDecimal, 'expected a decimal number with a point')
  .transform((text) => parseDecimal(text));
const day = z.string().refine(isDate, 'expected a date YYYY-MM-DD');

/** Query of `POST /statements`; the body is the file. */
export const putQuery = z.strictObject({
  account,
  format: z.enum(FORMATS).optional(),
  /** Balances and days of a file that does not say them, as a CSV does not. */
  opening: amount.optional(),
  closing: amount.optional(),
  from: day.optional(),
  to: day.optional(),
  encoding: z.enum(ENCODINGS).optional(),
  decimal: z.enum(['comma', 'point']).optional(),
  dateFormat: z.string().max(20).optional(),
  currency: z.string().length(3).optional(),
});

export const listQuery = z.strictObject({
  account: account.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});

export const withdrawal = z.strictObject({ reason: z.string().trim().min(1).max(4_000) });

const position = z.tuple([z.iso.datetime(), z.uuid()]);

export const toCursor = (row: { readonly putAt: string; readonly statementId: string }): string =>
  Buffer.from(JSON.stringify([row.putAt, row.statementId])).toString('base64url');

/** Null when it is none of ours. */
export function fromCursor(cursor: string): { readonly putAt: string; readonly statementId: string } | null {
  try {
    const [putAt, statementId] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { putAt, statementId };
  } catch {
    return null;
  }
}

import { ApiError } from '@tieout/platform';
import { z } from 'zod';
import { MAX_ITEMS } from './redrive-request.ts';

export const shortText = z.string().min(1).max(500);
const instant = z.iso.datetime({ offset: true });

export const letterFilter = z.strictObject({
  topic: shortText.optional(),
  reason: z.enum(['data', 'bug', 'parked']).optional(),
  errorCode: shortText.optional(),
  key: z.string().min(1).max(4_096).optional(),
  failedFrom: instant.optional(),
  failedTo: instant.optional(),
  ids: z.array(z.uuid()).min(1).max(1_000).optional(),
});

const wanted = z.strictObject({
  filter: letterFilter.refine(
    (filter) => Object.values(filter).some((value) => value !== undefined),
    'name at least one of topic, reason, errorCode, key, failedFrom, failedTo, ids',
  ),
  followers: z.enum(['redrive', 'keep']).default('redrive'),
  /** Letters per second, over all replicas. */
  rate: z.number().int().min(1).max(10_000).default(100),
  maxItems: z.number().int().min(1).max(MAX_ITEMS).default(MAX_ITEMS),
  maxFailures: z.number().int().min(1).max(1_000).default(20),
  dryRun: z.boolean().default(false),
});

export const redriveBody = wanted.extend({ reason: shortText.nullable().default(null) });
export const discardBody = wanted.extend({ reason: shortText });
export const stopBody = z.strictObject({ reason: shortText.nullable().default(null) });

export const cursorOf = (seq: string): string => Buffer.from(JSON.stringify([seq])).toString('base64url');

/** @throws ApiError 400 */
export function seqOf(cursor: string): string {
  try {
    const [seq] = z
      .tuple([z.string().regex(/^\d{1,18}$/)])
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return seq;
  } catch {
    throw new ApiError(400, 'CURSOR_INVALID', 'The cursor is not one of ours.', 'Start again without a cursor.');
  }
}

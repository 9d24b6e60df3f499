import { isDate } from '@tieout/canonical';
import { z } from 'zod';

const text = (max: number): z.ZodString => z.string().trim().min(1).max(max);
const day = z.string().refine(isDate, 'expected a date YYYY-MM-DD');

export const ruleSetName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and dashes');
export const versionNumber = z.coerce.number().int().min(1).max(1_000_000);
export const backTestId = z.uuid({ error: 'expected the id of a back-test' });
/** Why; it goes into the audit. */
const reason = text(2_000);

/** The rules as text, with comments (YAML; JSON is YAML too). */
export const draftBody = z.strictObject({ rules: z.string().min(1).max(500_000), reason });
export const actBody = z.strictObject({ reason });
export const activateBody = z.strictObject({
  reason,
  /** The back-test that the approver has looked at. */
  backTestId,
  /** Needed when matches that people confirmed are lost. */
  acceptLost: z.boolean().default(false),
});
export const backTestBody = z
  .strictObject({
    reason: reason.default('to see what it changes'),
    comparisons: z.array(ruleSetName).min(1).max(20).nullable().default(null),
    cutOffs: z.array(day).min(1).max(24).nullable().default(null),
    /** Without cutOffs: the last day of the items and the month ends before it. */
    periods: z.int().min(1).max(24).default(3),
    examples: z.int().min(0).max(100).default(10),
  })
  .prefault({});
export const page = z.object({ limit: z.coerce.number().int().min(1).max(200).default(20) });

import { isDate, isDecimal } from '@tieout/canonical';
import { z } from 'zod';
import { RESOLUTIONS, WORKFLOWS } from './break-state.ts';
import { ACTIONS, type ActRequest } from './decide.ts';

/** Inputs of the HTTP API; what they answer stands in the controllers. */

/** Nothing that a terminal would take for a command. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((one) => !CONTROL.test(one), 'holds a control character');
const upper = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .string()
    .transform((one) => one.toUpperCase())
    .pipe(z.enum(values))
    .meta({ description: `One of ${values.join(', ')}.` });
const decimal = z.string().refine((one) => isDecimal(one), 'expected an amount');
const day = z.string().refine(isDate, 'expected a date YYYY-MM-DD');
const checkName = z.string().regex(/^[a-z0-9-]{1,60}$/, 'expected the name of a check');

export const breakFilter = z.object({
  status: upper(['OPEN', 'CLOSED']).optional(),
  workflow: z
    .string()
    .transform((one) => one.toUpperCase().split(','))
    .pipe(z.array(z.enum(WORKFLOWS)))
    .meta({ description: `Some of ${WORKFLOWS.join(', ')}, comma-separated.` })
    .optional(),
  check: checkName.optional(),
  kind: z
    .string()
    .regex(/^[A-Za-z-]{1,40}$/, 'expected a kind of difference, e.g. missing')
    .optional(),
  severity: z.enum(['critical', 'warning']).optional(),
  legalEntity: text(200).optional(),
  ownerGroup: text(100).optional(),
  /** Empty: nobody. */
  assignee: z.string().max(200).optional(),
  minValue: decimal.optional(),
  minAgeDays: z.coerce.number().min(0).max(36_500).optional(),
});
/** A sheet is of what people still work, unless something else is asked for. */
export const sheetQuery = breakFilter.transform(({ workflow, ...rest }) => ({
  ...rest,
  workflow: workflow ?? (['OPEN', 'PROPOSED', 'PENDING'] as const).slice(),
}));
export const SORTS = ['newest', 'oldest', 'value'] as const;
export type Sort = (typeof SORTS)[number];
export const listQuery = breakFilter.extend({
  sort: z.enum(SORTS).default('newest'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(300).optional(),
});

const expectedRevision = z.union([z.int().min(1), z.string().regex(/^\d{1,18}$/)]).transform(BigInt);
const reason = text(4_000);
const seen = z.strictObject({ expectedRevision });

const resolveFields = {
  resolution: upper(RESOLUTIONS),
  reason,
  expectedOn: day.nullish(),
  counterpart: text(200).nullish(),
};
export const assignBody = seen.extend({ assignee: text(200).nullable() });
export const commentBody = seen.extend({ text: reason });
export const rescheduleBody = seen.extend({ dueOn: day, reason });
export const resolveBody = seen.extend(resolveFields);
export const approveBody = seen.extend({ reason: reason.nullish() });
export const reasonBody = seen.extend({ reason });

/** One act on many breaks; who has not seen a break at this revision acts on none of it. */
export const bulkBody = z.strictObject({
  dryRun: z.boolean().default(false),
  act: z.strictObject({
    action: z.enum(ACTIONS),
    reason: reason.nullish(),
    assignee: text(200).nullish(),
    dueOn: day.nullish(),
    resolution: upper(RESOLUTIONS).nullish(),
    expectedOn: day.nullish(),
    counterpart: text(200).nullish(),
  }),
  items: z
    .array(z.strictObject({ breakId: z.uuid(), expectedRevision }))
    .min(1)
    .max(1_000),
});

/** An act from what was sent of it; what does not belong to the action is left out. */
export function actOf(
  action: ActRequest['action'],
  given: {
    readonly reason?: string | null | undefined;
    readonly assignee?: string | null | undefined;
    readonly dueOn?: string | null | undefined;
    readonly resolution?: unknown;
    readonly expectedOn?: string | null | undefined;
    readonly counterpart?: string | null | undefined;
  },
): ActRequest {
  const all = {
    assignee: given.assignee,
    dueOn: given.dueOn,
    expectedOn: given.expectedOn,
    counterpart: given.counterpart,
  };
  const values = { ...all, resolution: typeof given.resolution === 'string' ? given.resolution : null };
  const parameters = Object.fromEntries(
    PARAMETERS[action].flatMap((name) => (values[name] ? [[name, values[name]] as [string, string]] : [])),
  );
  // Nobody is a person to give it to, too: the decision has to say so.
  if (action === 'assign') parameters['assignee'] ??= '';
  return { action, reason: given.reason ?? null, parameters };
}

const PARAMETERS: Readonly<
  Record<ActRequest['action'], readonly ('assignee' | 'dueOn' | 'resolution' | 'expectedOn' | 'counterpart')[]>
> = {
  assign: ['assignee'],
  comment: [],
  reschedule: ['dueOn'],
  resolve: ['resolution', 'expectedOn', 'counterpart'],
  approve: [],
  reject: [],
  reopen: [],
};

export const chainPage = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  cursor: z.uuid().optional(),
});

export const sheetImport = z.strictObject({
  /** The sheet as it was exported and edited. */
  csv: z.string().min(1),
  /** Without it nothing is changed: what would be is shown. */
  apply: z.boolean().default(false),
});

const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code');
export const rate = z.strictObject({
  from: currency,
  to: currency,
  date: day,
  rate: z
    .string()
    .regex(/^\d{1,18}(\.\d{1,10})?$/, 'expected a rate, e.g. "1.0842"')
    .refine((one) => !/^[0.]+$/.test(one)),
  source: text(100),
});
export const ratesBody = z.strictObject({ rates: z.array(rate).min(1).max(5_000) });
export const ratesQuery = z.object({
  from: currency.optional(),
  to: currency.optional(),
  limit: z.coerce.number().int().min(1).max(5_000).default(500),
});

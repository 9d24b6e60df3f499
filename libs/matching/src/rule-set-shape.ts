import { isCurrency, isDecimal, parseDecimal } from '@tieout/canonical';
import { z } from 'zod';
import { hasIdentity } from './identity.ts';
import { NORMALISE_STEPS, REFERENCE_STEPS, type NormaliseStep } from './normalise.ts';
import { BLOCK_FIELDS, ITEM_FIELDS, type ItemField, type Key, type MatchRule, type RuleSet } from './rule-set.ts';
import { SIMILARITIES, type Similarity } from './similarity.ts';
import { SUBSET_LIMITS } from './subset-search.ts';

/** What people write, with what they may leave out filled in. What is stated twice or against itself is for rule-set-sense.ts. */

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'small letters, digits and hyphens, at most 60');
const named = { name, description: z.string().max(500).default('') };

const decimal = z
  .union([z.string(), z.int()], 'an amount as text in quotes, so that it stays exact')
  .refine((value) => isDecimal(String(value)), 'not a decimal number')
  .transform((value) => parseDecimal(String(value)));
const optionalDecimal = decimal.nullable().default(null);

const field = z.custom<ItemField>(
  (value) =>
    typeof value === 'string' &&
    ((ITEM_FIELDS as readonly string[]).includes(value) || /^fields\.[^\u0000-\u001f]{1,100}$/.test(value)),
  `not a field of an item: one of ${ITEM_FIELDS.join(', ')} or fields.<name>`,
);
const steps = z.array(z.enum(NORMALISE_STEPS as [NormaliseStep, ...NormaliseStep[]]));

/** `reference`, or `{ field }` for both sides, or `{ left, right }`. */
const shortField = (value: unknown): unknown => (typeof value === 'string' ? { field: value } : value);
const onSides = { field: field.optional(), left: field.optional(), right: field.optional() };
type OnSides = { field?: ItemField | undefined; left?: ItemField | undefined; right?: ItemField | undefined };
const hasBothSides = ({ field: both, left, right }: OnSides): boolean =>
  both === undefined ? left !== undefined && right !== undefined : left === undefined && right === undefined;
const BOTH_SIDES = 'either field, or left and right';
const sides = (value: OnSides): { left: ItemField; right: ItemField } => ({
  left: (value.left ?? value.field) as ItemField,
  right: (value.right ?? value.field) as ItemField,
});

const key = z.preprocess(
  shortField,
  z
    .strictObject({
      ...onSides,
      how: z.enum(['equal', 'left-in-right', 'right-in-left']).default('equal'),
      normalise: steps.optional(),
      minLength: z.int().min(1).max(100).optional(),
      distinctive: z.boolean().default(false),
    })
    .refine(hasBothSides, BOTH_SIDES)
    .transform((value): Key => {
      const isWords = value.how !== 'equal';
      return {
        ...sides(value),
        how: value.how,
        normalise: value.normalise ?? (isWords ? [...REFERENCE_STEPS] : []),
        minLength: value.minLength ?? (isWords ? 4 : 1),
        distinctive: value.distinctive,
      };
    }),
);

const fuzzy = z
  .strictObject({
    ...onSides,
    normalise: steps.default([]),
    by: z.enum(Object.keys(SIMILARITIES) as [Similarity, ...Similarity[]]).default('any'),
    atLeast: z.number().gt(0).max(1),
    missing: z.enum(['fail', 'pass']).default('fail'),
  })
  .refine(hasBothSides, BOTH_SIDES)
  .transform(({ normalise, by, atLeast, missing, ...value }) => ({ ...sides(value), normalise, by, atLeast, missing }));

const tolerance = z.strictObject({
  absolute: optionalDecimal,
  percent: optionalDecimal,
  minorUnits: z.int().nullable().default(null),
  currencies: z
    .record(z.string(), decimal)
    .default({})
    .refine((record) => Object.keys(record).every(isCurrency), 'not an ISO 4217 currency code'),
  atMost: optionalDecimal,
});
const dates = z.strictObject({ from: z.int().min(-3660).max(3660), to: z.int().min(-3660).max(3660) });
const texts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1)).min(1).nullable().default(null),
);
const condition = z.strictObject({
  field: z.union([z.literal('amount'), field]),
  equals: texts,
  startsWith: texts,
  contains: texts,
  present: z.boolean().nullable().default(null),
  min: optionalDecimal,
  max: optionalDecimal,
});
const conditions = z.array(condition).default([]);
const onBothSides = z.strictObject({ left: conditions, right: conditions }).default({ left: [], right: [] });

const sign = z.enum(['same', 'opposite']).default('same');
const pair = {
  ...named,
  keys: z.array(key).default([]),
  fuzzy: z.array(fuzzy).default([]),
  date: dates.nullable().default(null),
  amount: tolerance.nullable().default(null),
  sign,
  when: onBothSides,
  confidence: z.number().gt(0).max(1).nullable().default(null),
};

const search = z.strictObject({
  maxCandidates: z.int().min(2).max(100).default(SUBSET_LIMITS.maxCandidates),
  maxSize: z.int().min(2).max(50).default(SUBSET_LIMITS.maxSize),
  maxSteps: z.int().min(1).max(100_000_000).default(SUBSET_LIMITS.maxSteps),
});

const match = z
  .strictObject({
    kind: z.literal('match'),
    ...pair,
    agree: z.array(key).default([]),
    cardinality: z.enum(['1:1', '1:N', 'N:1', 'N:M']).default('1:1'),
    group: z.enum(['keys', 'search']).nullable().optional(),
    search: search.nullable().optional(),
    outcome: z.enum(['matched', 'suggested']),
    onAmbiguity: z.enum(['hold', 'pass', 'ignore']).default('hold'),
    twins: z.enum(['hold', 'pair']).default('hold'),
    duplicates: z.enum(['hold', 'break']).default('hold'),
    nearMiss: z.enum(['break', 'off']).optional(),
  })
  .transform((rule): MatchRule => {
    const group = rule.group ?? (rule.cardinality === '1:1' ? null : 'keys');
    const bounds = rule.search ?? (group === 'search' ? search.parse({}) : null);
    return { ...rule, group, search: bounds, nearMiss: rule.nearMiss ?? (hasIdentity(rule.keys) ? 'break' : 'off') };
  });

const fx = z.strictObject({
  kind: z.literal('fx'),
  ...pair,
  rate: z
    .strictObject({
      dateOf: z.enum(['left', 'right', 'asOf']).default('left'),
      maxAgeDays: z.int().min(0).max(3660).default(7),
      source: z.string().nullable().default(null),
    })
    .default({ dateOf: 'left', maxAgeDays: 7, source: null }),
  outcome: z.enum(['matched', 'suggested', 'explained']).default('explained'),
  onAmbiguity: z.enum(['hold', 'ignore']).default('hold'),
});

const days = z.int().min(0).max(3660);
const reversal = z.strictObject({
  kind: z.literal('reversal'),
  ...named,
  keys: z.array(key).default([]),
  sign,
  withinDays: days,
});
const side = z.enum(['left', 'right', 'both']).default('both');
const timing = z.strictObject({ kind: z.literal('timing'), ...named, side, when: conditions, days });
const explain = z.strictObject({ kind: z.literal('explain'), ...named, side, when: conditions, type: name });

export const ruleSetShape: z.ZodType<RuleSet> = z.strictObject({
  name,
  description: z.string().max(2000).default(''),
  block: z.array(z.enum(BLOCK_FIELDS)).default([]),
  rules: z.array(z.discriminatedUnion('kind', [match, fx, reversal, timing, explain])).max(200),
});

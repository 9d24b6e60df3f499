import { isCurrency, isDecimal, type DecimalString } from '@tieout/canonical';
import { z } from 'zod';
import type { Resolution } from './break-state.ts';

/** What a company decides about its breaks: reviewed data, read at start. */
export interface BreakPolicy {
  /** Least value that is critical, by check (`*`: every other) and currency (`*`: in the group's). Without one every amount is. */
  readonly materiality: Readonly<Record<string, Readonly<Record<string, DecimalString>>>>;
  /** Who works the breaks of a check (`*`: every other). */
  readonly owners: Readonly<Record<string, string>>;
  /** How long one may wait, in hours. */
  readonly dueHours: { readonly critical: number; readonly warning: number };
  /** Largest value in the group's currency that one person settles alone; null: any. What is not known is above. */
  readonly limits: Readonly<Record<LimitedResolution, DecimalString | null>>;
  /** Days until a correction at the source must have reached a run. */
  readonly correctionDays: number;
  /** Farthest day that a difference of timing may be expected on, in days. */
  readonly timingDays: number;
  /** How old a rate may be on the day that it is used for. */
  readonly rateMaxAgeDays: number;
  /** Address of a record in a system's own user interface: {entity}, {id}, {instance} are filled in. `trace`: {id} of a trace. */
  readonly links: Readonly<Record<string, string>>;
}

/** Those that end the work without the data's proof. */
export const LIMITED = ['WRITE_OFF', 'FX', 'EXPLAINED', 'FORCE_MATCH', 'VOID'] as const satisfies readonly Resolution[];
export type LimitedResolution = (typeof LIMITED)[number];
export const isLimited = (resolution: Resolution): resolution is LimitedResolution =>
  (LIMITED as readonly Resolution[]).includes(resolution);

const amount = z
  .union([z.string(), z.number().transform(String)])
  .refine((text) => isDecimal(text) && !text.startsWith('-'), 'expected an amount, e.g. "100.00"');
const currency = z.string().refine((code) => code === '*' || isCurrency(code), 'expected an ISO 4217 code or *');
const days = z.int().min(0).max(3_660);
const hours = z.number().positive().max(87_600);
const name = z.string().trim().min(1).max(100);
const byResolution = Object.fromEntries(LIMITED.map((one) => [one, amount.nullable().default('100')])) as Record<
  LimitedResolution,
  z.ZodDefault<z.ZodNullable<typeof amount>>
>;

const policySchema: z.ZodType<BreakPolicy> = z.strictObject({
  materiality: z.record(name, z.record(currency, amount)).default({}),
  owners: z.record(name, name).default({ '*': 'finance-operations' }),
  dueHours: z.strictObject({ critical: hours.default(24), warning: hours.default(120) }).prefault({}),
  limits: z.strictObject(byResolution).prefault({}),
  correctionDays: days.default(5),
  timingDays: days.default(93),
  rateMaxAgeDays: days.default(7),
  links: z.record(name, z.string().regex(/^https?:\/\/\S+$/, 'expected an http(s) address')).default({}),
});

/** What stands when a company decides nothing. */
export const DEFAULT_POLICY: BreakPolicy = policySchema.parse({});

/** @throws z.ZodError with every unknown key and wrong value */
export const parsePolicy = (value: unknown): BreakPolicy => policySchema.parse(value ?? {});

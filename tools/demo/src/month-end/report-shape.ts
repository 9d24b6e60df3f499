import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A difference as reconciliation names it. */
const breakShape = z.object({
  check: z.string(),
  kind: z.string(),
  object: z.string(),
  /** What the system of record says; null when it has no such object. */
  expected: z.string().nullable(),
  actual: z.string().nullable(),
});

const figureShape = z.object({
  /** Code of the legal entity. */
  country: z.string(),
  /** YYYY-MM */
  month: z.string(),
  currency: z.string(),
  invoices: z.number(),
  invoiced: z.string(),
  paid: z.string(),
  open: z.string(),
});

/** What a month-end run says of itself: `--report`, `--json` and the page read the same. Amounts are decimal text. */
export const monthEndReportShape = z.object({
  scenario: z.literal('month-end'),
  seed: z.number(),
  customers: z.number(),
  /** YYYY-MM-DD */
  monthEnd: z.string(),
  /** Whether exactly the expected breaks were found. */
  tiedOut: z.boolean(),
  /** What flowed: per topic, as a read_committed reader counts. Keys are null where the month-end does not determine them. */
  flow: z.array(
    z.object({ topic: z.string(), records: z.number(), keys: z.number(), expectedKeys: z.number().nullable() }),
  ),
  /** What each system holds, read from the system itself. */
  systems: z.array(
    z.object({ system: z.string(), object: z.string(), count: z.number(), amounts: z.record(z.string(), z.string()) }),
  ),
  /** Figures per legal entity, month and currency at each station, after planting. */
  stations: z.object({
    expected: z.array(figureShape),
    erp: z.array(figureShape),
    topic: z.array(figureShape),
    planning: z.array(figureShape),
  }),
  /** Every discrepancy that was planted, and whether all of its breaks were found. */
  planted: z.array(
    z.object({
      plant: z.string(),
      /** What is wrong, in a word: missing, extra, amount, ... */
      kind: z.string(),
      /** The vendor sandbox that it was planted in. */
      system: z.string(),
      done: z.string(),
      expected: z.array(breakShape),
      found: z.boolean(),
    }),
  ),
  /** Every break that is open in the end, with the plant that caused it; null for one that nobody expected. */
  breaks: z.array(breakShape.extend({ plant: z.string().nullable() })),
  /** Breaks that no plant explains, those before planting included. */
  unexpected: z.array(breakShape),
  /** Expected breaks that were not found. */
  missing: z.array(breakShape.extend({ plant: z.string() })),
});
export type MonthEndReport = z.infer<typeof monthEndReportShape>;
export type PlantedReport = MonthEndReport['planted'][number];
export type FlowCount = MonthEndReport['flow'][number];
export type SystemCount = MonthEndReport['systems'][number];

/** The report that a demo announced. @throws ZodError when it is the report of another kind of run or version */
export function readMonthEndReport(file: string): MonthEndReport {
  return monthEndReportShape.parse(JSON.parse(readFileSync(file, 'utf8')));
}

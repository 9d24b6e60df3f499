import { z } from 'zod';

/** Rows of the queries of dimensions; every value is text, NULL columns are absent. */
const text = z.string();
const maybe = z.string().optional();
const flag = z.enum(['T', 'F']);

export const treeRow = z.object({
  id: text,
  name: text,
  fullname: text,
  parent: maybe,
  /** Internal ids of the subsidiaries that may use it, as the vendor lists them: `1, 2`. */
  subsidiary: maybe,
  isinactive: flag,
  modified: maybe,
});
export const periodRow = z.object({
  id: text,
  periodname: text,
  startdate: text,
  enddate: text,
  parent: maybe,
  isyear: flag,
  isquarter: flag,
  isadjust: flag,
  closed: flag,
  alllocked: flag,
  arlocked: flag,
  aplocked: flag,
  modified: maybe,
});
export const rateRow = z.object({
  id: text,
  base: text,
  currency: text,
  effectivedate: text,
  exchangerate: text,
  modified: maybe,
});
export const openRow = z.object({ id: text, open: text, currency: text });
/** One row whose columns are compared with those of the last time. */
export const rawState = z.record(z.string(), z.unknown());

export type TreeRow = z.output<typeof treeRow>;
export type PeriodRow = z.output<typeof periodRow>;
export type RateRow = z.output<typeof rateRow>;
export type OpenRow = z.output<typeof openRow>;

import {
  compare,
  InvalidValueError,
  isCurrency,
  minorUnits,
  parseDecimal,
  type DecimalString,
} from '@tieout/canonical';
import type { z } from 'zod';

/** Why a vendor row cannot become an event as it is; `code` is the kind of the exception raised for it. */
export interface MappingProblem {
  readonly code:
    'unknown-currency' | 'too-many-decimals' | 'too-large' | 'invalid-value' | 'unknown-status' | 'does-not-add-up';
  readonly field: string;
  readonly message: string;
}

/** What became of a vendor row. */
export type Mapped<T> =
  { readonly kind: 'mapped'; readonly value: T } | { readonly kind: 'refused'; readonly problem: MappingProblem };

class Refusal extends Error {
  readonly problem: MappingProblem;
  constructor(problem: MappingProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Runs a mapping; the first thing wrong with the row becomes its fate. */
export function fateOf<T>(map: () => T): Mapped<T> {
  try {
    return { kind: 'mapped', value: map() };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}

export function refuse(code: MappingProblem['code'], field: string, message: string): never {
  throw new Refusal({ code, field, message });
}

/** A vendor row with the columns that its mapping needs; a NULL column is absent. */
export function rowOf<R>(what: string, schema: z.ZodType<R>, raw: unknown): R {
  const row = schema.safeParse(raw);
  if (row.success) return row.data;
  const { path = [], message = '' } = row.error.issues[0] ?? {};
  const field = [what, ...path.map(String)].join(' ');
  return refuse('invalid-value', field, `${field}: ${message}`);
}

const largest: DecimalString = '999999999999999.9999';

/** An amount of `decimal(19,4)` with no more digits than its currency has. */
export function amountOf(field: string, text: string | undefined, currency: string): DecimalString {
  if (!isCurrency(currency))
    refuse('unknown-currency', 'currency', `${JSON.stringify(currency)} is not an ISO 4217 currency`);
  const amount = decimalOf(field, text, minorUnits(currency));
  if (compare(amount.replace('-', ''), largest) > 0)
    refuse('too-large', field, `${field} ${amount} has more than 15 digits`);
  return amount;
}

/** A quantity or price of `decimal(28,10)`; absent stays absent. */
export function rateOf(field: string, text: string | undefined): DecimalString | null {
  return text === undefined ? null : decimalOf(field, text, 10);
}

function decimalOf(field: string, text: string | undefined, scale: number): DecimalString {
  if (text === undefined) refuse('invalid-value', field, `${field} is missing`);
  try {
    return parseDecimal(text, scale);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    const code = error.code === 'too-many-decimals' ? 'too-many-decimals' : 'invalid-value';
    return refuse(code, field, `${field}: ${error.message}`);
  }
}

/** Parts of a record come from several calls: a change in between shows here, and the record is read again. */
export function mustEqual(what: string, actual: DecimalString, expected: DecimalString): void {
  if (compare(actual, expected) !== 0) refuse('does-not-add-up', what, `${what}: ${actual} is not ${expected}`);
}

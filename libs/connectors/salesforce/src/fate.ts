import {
  compare,
  InvalidValueError,
  isCurrency,
  isDate,
  minorUnits,
  parseDecimal,
  type DateString,
  type DecimalString,
} from '@tieout/canonical';

/** Why a record cannot become an event as it is; `code` is the kind of the exception raised for it. */
export interface MappingProblem {
  readonly code: MappingProblemCode;
  readonly field: string;
  /** The field's value, empty when it has none. */
  readonly value: string;
  readonly message: string;
}
export type MappingProblemCode = (typeof MAPPING_PROBLEMS)[number];
export const MAPPING_PROBLEMS = [
  'unknown-currency',
  'missing-name',
  'missing-value',
  'invalid-value',
  'unmapped-value',
  'too-many-decimals',
  'too-large',
  'currency-mismatch',
] as const;

/** What became of a vendor record. */
export type Mapped<T> =
  { readonly kind: 'mapped'; readonly value: T } | { readonly kind: 'refused'; readonly problem: MappingProblem };

/** One field of one record, to be named when it is refused. */
export interface Place {
  /** For people, e.g. `Contract 00000101 (800…)`. */
  readonly record: string;
  readonly field: string;
}

class Refusal extends Error {
  readonly problem: MappingProblem;
  constructor(problem: MappingProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Runs a mapping; the first thing wrong with the record becomes its fate. */
export function fateOf<T>(map: () => T): Mapped<T> {
  try {
    return { kind: 'mapped', value: map() };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}

/** `reason` goes on after the field: `Contract 7: Status "Sent" is not mapped`. */
export function refuse(
  code: MappingProblemCode,
  { record, field }: Place,
  value: string | null,
  reason: string,
): never {
  const shown = value === null ? field : `${field} ${JSON.stringify(value.slice(0, 80))}`;
  throw new Refusal({ code, field, value: value ?? '', message: `${record}: ${shown} ${reason}` });
}

/** Blank text is no value: Salesforce stores it as null, integrations that bypass its UI do not always. */
export function text(value: string | null): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

export function required(place: Place, value: string | null): string {
  return text(value) ?? refuse('missing-value', place, null, 'has no value');
}

export function currencyOf(place: Place, value: string | null): string {
  const code = text(value);
  if (code !== null && isCurrency(code)) return code;
  return refuse('unknown-currency', place, code, 'is not an ISO 4217 currency');
}

export function dateOf(place: Place, value: string | null): DateString | null {
  if (value === null || isDate(value)) return value;
  return refuse('invalid-value', place, value, 'is not a date');
}

const LARGEST: DecimalString = '999999999999999.9999';
const LARGEST_RATE: DecimalString = '999999999999999999';

/** An amount of `decimal(19,4)` with no more digits than its currency has. */
export function amountOf(place: Place, value: string, currency: string): DecimalString {
  return within(place, decimalOf(place, value, minorUnits(currency)), LARGEST);
}

/** A quantity or price of `decimal(28,10)`. */
export function rateOf(place: Place, value: string): DecimalString {
  return within(place, decimalOf(place, value, 10), LARGEST_RATE);
}

export function within(place: Place, amount: DecimalString, largest: DecimalString = LARGEST): DecimalString {
  if (compare(amount.replace('-', ''), largest) <= 0) return amount;
  return refuse('too-large', place, amount, 'has more digits than an event can hold');
}

function decimalOf(place: Place, value: string, scale: number): DecimalString {
  try {
    return parseDecimal(value, scale);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    if (error.code === 'too-many-decimals')
      return refuse('too-many-decimals', place, value, `has more than ${scale} decimals`);
    return refuse('invalid-value', place, value, 'is not a decimal number');
  }
}

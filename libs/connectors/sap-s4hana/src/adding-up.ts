import { compare, type DecimalString } from '@tieout/canonical';
import { refuse } from '@tieout/connector-erp';

/** Parts come from several calls: a change in between shows here, and the record is read again. */
export function mustEqual(what: string, actual: DecimalString, expected: DecimalString): void {
  if (compare(actual, expected) !== 0) refuse('does-not-add-up', what, `${what}: ${actual} is not ${expected}`);
}

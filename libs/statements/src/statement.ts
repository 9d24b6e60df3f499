import type { DecimalString } from '@tieout/canonical';
import type { Item } from '@tieout/matching';

/** What a bank or provider states about one account and some days. */
export interface Statement {
  /** IBAN, or the number that the bank knows it by. */
  readonly account: string;
  /** Unique per account, as far as the bank keeps to that. */
  readonly statementId: string;
  /** Rises by one from statement to statement of an account in a year, where the bank numbers them. */
  readonly sequence: number | null;
  /** First and last day that it covers, YYYY-MM-DD; null when the file does not say. */
  readonly from: string | null;
  readonly to: string | null;
  /** ISO 4217, of balances and lines. */
  readonly currency: string;
  /** Booked balances, signed: a debit balance is negative; null when the file does not say. */
  readonly opening: DecimalString | null;
  readonly closing: DecimalString | null;
  /** Sum of all booked entries, signed: also of a statement whose lines are kept elsewhere. */
  readonly moved: DecimalString;
  readonly lines: readonly Item[];
}

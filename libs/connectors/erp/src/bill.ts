import type { DecimalString } from '@tieout/canonical';

/** One invoice that is asked for. */
export interface AskedBill {
  /** Key of the invoice in the ERP: it is found again under it. */
  readonly commandId: string;
  /** The ERP's id of the order that is billed. */
  readonly orderId: string;
  /** Keys of the order's lines that are billed, each whole. */
  readonly lines: readonly string[];
  /** Date of the invoice, YYYY-MM-DD. */
  readonly date: string;
}

/** The invoice of a command as it stands in the ERP. */
export interface StandingBill {
  readonly id: string;
  readonly number: string;
  readonly date: string;
  /** Amount with tax. */
  readonly gross: DecimalString;
}

/** Makes invoices of orders. Whoever calls has one item of a contract under way. */
export interface BillWriter {
  /** The invoice that this command made, also one that was voided since, or null. */
  find(commandId: string, signal: AbortSignal): Promise<StandingBill | null>;
  /**
   * Makes the invoice; a repetition makes no second one. Outcome unknown is thrown as such: `find` tells what became of it.
   * @throws DataError with a code that ends in `period-closed` when the ERP takes nothing on that date
   */
  bill(asked: AskedBill, signal: AbortSignal): Promise<void>;
  /** Canonical id of an invoice. */
  idOf(vendorId: string): string;
}

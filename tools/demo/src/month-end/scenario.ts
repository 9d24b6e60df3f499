/*
 * A month-end as it should stand in every system: what the companies sold, billed and received up to a day. Objects are named by
 * keys of their own; the vendors' ids are known only once they are loaded. Amounts are exact decimal text.
 */

export interface LegalEntity {
  /** Name of the subsidiary in the ERP and code everywhere else. */
  readonly code: string;
  readonly legalName: string;
  readonly country: string;
  readonly currency: string;
  /** Tax on sales, in percent. */
  readonly taxPercent: number;
}

export interface Product {
  readonly code: string;
  readonly name: string;
  readonly family: string;
  /** Item of the ERP; the same code there. */
  readonly description: string;
}

export interface Customer {
  /** External id and account number in the CRM. */
  readonly key: string;
  readonly name: string;
  readonly taxId: string;
  readonly entity: string;
  readonly currency: string;
  readonly city: string;
  readonly country: string;
}

export type Stage =
  'Prospecting' | 'Qualification' | 'Proposal/Price Quote' | 'Negotiation/Review' | 'Closed Won' | 'Closed Lost';

export interface Opportunity {
  readonly key: string;
  readonly customer: string;
  readonly name: string;
  readonly stage: Stage;
  readonly amount: string;
  readonly currency: string;
  readonly closeDate: string;
}

export interface ContractLine {
  readonly key: string;
  readonly product: string;
  readonly description: string;
  /** The day on which this amount is billed, YYYY-MM-DD. */
  readonly billOn: string;
  readonly quantity: string;
  readonly unitPrice: string;
  /** quantity x unitPrice */
  readonly net: string;
  readonly tax: string;
}

export interface Contract {
  readonly key: string;
  readonly customer: string;
  readonly opportunity: string;
  readonly entity: string;
  readonly currency: string;
  readonly startDate: string;
  readonly termMonths: number;
  /** A draft is not sold yet: no order follows from it. */
  readonly active: boolean;
  /** In the order of billing. */
  readonly lines: readonly ContractLine[];
}

/** An invoice of lines of one contract, or one that a person entered without asking the order. */
export interface Invoice {
  readonly key: string;
  readonly contract: string;
  readonly customer: string;
  readonly entity: string;
  readonly currency: string;
  readonly issueDate: string;
  readonly dueDate: string;
  readonly lines: readonly { readonly line: string; readonly net: string; readonly tax: string }[];
  readonly voided: boolean;
  /** Entered by hand: the order does not know that the lines are billed. */
  readonly byHand: boolean;
}

export interface Payment {
  readonly key: string;
  readonly customer: string;
  readonly entity: string;
  readonly currency: string;
  readonly date: string;
  readonly amount: string;
  /** What it settles; what is left of the amount is unapplied. */
  readonly applied: readonly { readonly invoice: string; readonly amount: string }[];
  /** Came back from the bank: settles nothing any more. */
  readonly voided: boolean;
}

export interface CreditMemo {
  readonly key: string;
  readonly invoice: string;
  readonly date: string;
  /** One line: what is credited of the invoice's first line, and the tax on it. */
  readonly net: string;
  readonly tax: string;
}

export interface ForecastCell {
  readonly version: string;
  readonly entity: string;
  readonly currency: string;
  readonly month: string;
  readonly lineItem: 'Billings' | 'Collections';
  readonly amount: string;
}

export interface Scenario {
  readonly seed: number;
  /** YYYY-MM-DD: nothing in the ERP is dated later. */
  readonly monthEnd: string;
  readonly entities: readonly LegalEntity[];
  readonly products: readonly Product[];
  readonly customers: readonly Customer[];
  readonly opportunities: readonly Opportunity[];
  readonly contracts: readonly Contract[];
  readonly invoices: readonly Invoice[];
  readonly payments: readonly Payment[];
  readonly creditMemos: readonly CreditMemo[];
  readonly forecast: readonly ForecastCell[];
}

import { z } from 'zod';

/** Rows of our SuiteQL queries. Every value is text, NULL columns are absent; instants are in the account's time zone. */
const text = z.string();
const maybe = z.string().optional();
const flag = z.enum(['T', 'F']);

/**
 * What a page of a stream must have, to go on after it. The rest of a row is read when it is mapped: a NULL where a value
 * is needed is then the fate of that row alone and not of its page.
 */
export const rawRow = z.looseObject({ id: text, modified: text, externalid: maybe });
export const rawLine = z.looseObject({ transaction: text });
export const rawLink = z.looseObject({ previousdoc: text, nextdoc: text });
export const rawBilled = z.looseObject({ previousdoc: text });

export const subsidiaryRow = z.object({
  id: text,
  name: text,
  legalname: maybe,
  currency: text,
  country: maybe,
  parent: maybe,
  isinactive: flag,
  modified: maybe,
});
export const currencyRow = z.object({ id: text, symbol: text });
export const customerRow = z.object({
  id: text,
  externalid: maybe,
  entityid: text,
  companyname: maybe,
  legalname: maybe,
  vatregnumber: maybe,
  subsidiary: maybe,
  currency: maybe,
  terms: maybe,
  creditlimit: maybe,
  creditholdoverride: maybe,
  balance: maybe,
  isinactive: flag,
  modified: text,
});
export const invoiceRow = z.object({
  id: text,
  tranid: text,
  externalid: maybe,
  trandate: text,
  /** Month of the period that it is posted to; absent while it is not posted. */
  period: maybe,
  duedate: maybe,
  /** Absent when the customer is not visible to us. */
  entity: maybe,
  customerexternalid: maybe,
  currency: text,
  subsidiary: text,
  foreigntotal: text,
  foreignamountpaid: text,
  foreignamountunpaid: text,
  status: text,
  voided: flag,
  disputed: flag.optional(),
  contract: maybe,
  /** What the record says that it was made from. */
  origincontract: maybe,
  modified: text,
});
export const orderRow = z.object({
  id: text,
  tranid: text,
  externalid: maybe,
  trandate: text,
  /** Absent when the customer is not visible to us. */
  entity: maybe,
  customerexternalid: maybe,
  currency: text,
  subsidiary: text,
  foreigntotal: text,
  status: text,
  voided: flag,
  otherrefnum: maybe,
  contract: maybe,
  modified: text,
});
export const orderLineRow = z.object({
  transaction: text,
  /** The line's key, which stays when its place changes. */
  linekey: text,
  line: text,
  taxline: flag,
  itemid: maybe,
  item: maybe,
  memo: maybe,
  quantity: maybe,
  rate: maybe,
  foreignamount: maybe,
  isclosed: flag.optional(),
  billing: maybe,
  billon: maybe,
});
export const billedRow = z.object({ previousdoc: text, previousline: text, billed: text });
export const creditMemoRow = z.object({
  id: text,
  tranid: text,
  externalid: maybe,
  trandate: text,
  /** Month of the period that it is posted to; absent while it is not posted. */
  period: maybe,
  /** Absent when the customer is not visible to us. */
  entity: maybe,
  customerexternalid: maybe,
  currency: text,
  subsidiary: text,
  foreigntotal: text,
  foreignpaymentamountused: text,
  foreignpaymentamountunused: text,
  status: text,
  voided: flag,
  contract: maybe,
  origin: maybe,
  origintype: maybe,
  origincontract: maybe,
  modified: text,
});
export const itemRow = z.object({ id: text, itemid: text });
export const paymentRow = z.object({
  id: text,
  tranid: text,
  externalid: maybe,
  trandate: text,
  /** Month of the period that it is posted to; absent while it is not posted. */
  period: maybe,
  /** Absent when the customer is not visible to us. */
  entity: maybe,
  customerexternalid: maybe,
  currency: text,
  subsidiary: text,
  foreigntotal: text,
  foreignpaymentamountunused: text,
  paymentmethod: maybe,
  status: text,
  voided: flag,
  modified: text,
});
export const lineRow = z.object({
  transaction: text,
  line: text,
  taxline: flag,
  item: maybe,
  memo: maybe,
  quantity: maybe,
  rate: maybe,
  foreignamount: maybe,
});
export const refundRow = paymentRow.omit({ foreignpaymentamountunused: true, status: true });
export const linkRow = z.object({
  previousdoc: text,
  previoustype: maybe,
  nextdoc: text,
  nexttype: text,
  foreignamount: text,
});
export const deletedRow = z.object({ recordid: text, recordtypeid: text, deleted: text });
export const totalRow = z.object({
  subsidiary: text,
  period: text,
  currency: text,
  count: text,
  total: text,
  open: text,
});

export type SubsidiaryRow = z.output<typeof subsidiaryRow>;
export type RawRow = z.output<typeof rawRow>;
export type RawLine = z.output<typeof rawLine>;
export type RawLink = z.output<typeof rawLink>;
export type RawBilled = z.output<typeof rawBilled>;
export type CustomerRow = z.output<typeof customerRow>;
export type InvoiceRow = z.output<typeof invoiceRow>;
export type PaymentRow = z.output<typeof paymentRow>;
export type OrderRow = z.output<typeof orderRow>;
export type OrderLineRow = z.output<typeof orderLineRow>;
export type BilledRow = z.output<typeof billedRow>;
export type CreditMemoRow = z.output<typeof creditMemoRow>;
export type LineRow = z.output<typeof lineRow>;
export type LinkRow = z.output<typeof linkRow>;
export type DeletedRow = z.output<typeof deletedRow>;
export type TotalRow = z.output<typeof totalRow>;

/** An invoice with its lines and what was applied to it. */
export interface InvoiceRecord {
  readonly header: RawRow;
  readonly lines: readonly RawLine[];
  readonly links: readonly RawLink[];
}

/** A payment with the invoices it settles and the refunds that pay it out; a refund with what it pays out. */
export interface PaymentRecord {
  readonly header: RawRow;
  readonly links: readonly RawLink[];
  readonly refunds?: readonly RawLink[];
}

/** A sales order with its lines and what live invoices took of them. */
export interface OrderRecord {
  readonly header: RawRow;
  readonly lines: readonly RawLine[];
  readonly billed: readonly RawBilled[];
}

/** A credit memo with its lines, the invoices it settles and the refunds that pay it out. */
export interface CreditMemoRecord {
  readonly header: RawRow;
  readonly lines: readonly RawLine[];
  readonly links: readonly RawLink[];
  readonly refunds?: readonly RawLink[];
}

/** Place in a stream ordered by (last modified, id); `at` is the account's clock, `YYYY-MM-DD HH:MM:SS`. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

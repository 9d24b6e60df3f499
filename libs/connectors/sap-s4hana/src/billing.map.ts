import { add, isDate, periodOf, sum, type DecimalString, type InvoiceLine } from '@tieout/canonical';
import { mustEqual, amountOf, rateOf, refuse, rowOf } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import type { Account } from './account.ts';
import { ourId } from './identity.ts';
import type { Row } from './odata.ts';
import { priceOf } from './price.ts';
import { billingRow, type BillingItemRow, type BillingRow } from './vendor-types.ts';

/** A billing document with all that says how it stands. */
export interface BillingRecord {
  readonly row: Row;
  readonly account: Account;
  /** `PurchaseOrderByShipToParty` by sales order. */
  readonly contractKeys: ReadonlyMap<string, string | null>;
  /** Our customer ids by customer number. */
  readonly customers: ReadonlyMap<string, string>;
}

/** SD document categories: invoices (debit memos bill, too), credits, and what cancels the one or the other. */
export const INVOICE_CATEGORIES = ['M', 'P', 'S'];
export const CREDIT_CATEGORIES = ['O', 'N'];

/** What invoices and credit memos have in common. */
export interface Billing {
  readonly header: BillingRow;
  readonly lines: readonly InvoiceLine[];
  readonly net: DecimalString;
  readonly tax: DecimalString;
  readonly gross: DecimalString;
  /** Customer items of its accounting document; none before it is posted. */
  readonly items: readonly AccountItem[];
  readonly contractId: string | null;
  /** Month of posting, of the document while it is not posted. */
  readonly period: string;
  /** It was cancelled, or cancels another one, and nothing else settled it: what was paid before stays with its cancellation. */
  readonly isVoid: boolean;
}

/** A billing document whose items add up to its totals, which SAP states without a sign. */
export function billingOf({ row, account, contractKeys }: BillingRecord): Billing {
  const header = rowOf('billing document', billingRow, row);
  const money = (field: string, text: string | null | undefined): DecimalString =>
    amountOf(field, text ?? undefined, header.TransactionCurrency);
  const lines = header.to_Item.map((item) => lineOf(item, money));
  const [net, tax] = [money('TotalNetAmount', header.TotalNetAmount), money('TaxAmount', header.TaxAmount)];
  const gross = money('TotalGrossAmount', header.TotalGrossAmount ?? add(net, tax));
  mustEqual('lines', sum(lines.map((line) => line.net)), net);
  mustEqual('tax of the lines', sum(lines.map((line) => line.tax)), tax);
  mustEqual('net and tax', add(net, tax), gross);
  account.mustBeReadable(header.BillingDocument);
  const items = account.ofBilling(header.BillingDocument);
  const isCancelled = header.BillingDocumentIsCancelled === true || ['N', 'S'].includes(header.SDDocumentCategory);
  const date = items[0]?.postingDate ?? header.BillingDocumentDate;
  return {
    ...{ header, lines, net, tax, gross, items, period: periodOf(date) },
    contractId: contractOf(header.to_Item, contractKeys),
    isVoid: isCancelled && items.every((item) => account.isUndone(item)),
  };
}

type Money = (field: string, text: string | null | undefined) => DecimalString;

function lineOf(item: BillingItemRow, money: Money): InvoiceLine {
  const quantity = rateOf('line quantity', item.BillingQuantity ?? undefined);
  const net = money('line amount', item.NetAmount);
  return {
    lineNumber: Number(item.BillingDocumentItem),
    itemCode: item.Material,
    description: item.BillingDocumentItemText,
    quantity,
    unitPrice: priceOf(net, quantity),
    net,
    tax: money('line tax', item.TaxAmount ?? '0'),
  };
}

/** The contract of the orders that are billed; null when there are several. */
function contractOf(items: readonly BillingItemRow[], keys: BillingRecord['contractKeys']): string | null {
  const contracts = new Set(items.map(({ SalesDocument }) => ourId(keys.get(SalesDocument ?? '') ?? null)));
  const [contract = null] = contracts;
  return contracts.size === 1 ? contract : null;
}

export function dateOf(field: string, text: string | null): string {
  return text !== null && isDate(text) ? text : refuse('invalid-value', field, `${field} ${text ?? ''} is not a date`);
}

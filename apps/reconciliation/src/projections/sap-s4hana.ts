import { add, assertDate, canonicalId, isDate, isZero, minorUnits, parseDecimal } from '@tieout/canonical';
import type { BilledLine, ErpOrder } from '../checks/contract.ts';
import type { Customer } from '../checks/customers.ts';
import type { ContractDocument, ErpDocument } from '../checks/documents.ts';
import type { ErpInvoice } from '../checks/invoice-balance.ts';
import type { Reversed, ReversibleType } from '../checks/reversals.ts';
import { field, instant, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/*
 * The raw columns of SAP that reconciliation needs, read on its own. Beside SAP's own columns an item has what the adapter asked for
 * along with it: `OpenAmount` (open items of the account), `UndoneByReversal`, and of orders and bills the keys of the order.
 * SAP's amounts bear no sign; what kind of document it is says it.
 */

/** An invoice; null when it was cancelled. */
export function sapInvoice(item: RawItem, instance: string): ErpInvoice | null {
  if (isUndone(item)) return null;
  return { ...bill(item, instance), rest: money(item, 'OpenAmount'), appliedPayments: null, appliedCredits: null };
}

/** A credit memo, or what cancels an invoice that had been paid; null when it was cancelled. */
export function sapCreditMemo(item: RawItem, instance: string): (ErpDocument & ContractDocument) | null {
  if (isUndone(item)) return null;
  return { ...bill(item, instance), rest: money(item, 'OpenAmount'), contractId: contractOf(item) };
}

/** A line of an invoice that names a contract; null when it names none or the invoice was cancelled. */
export function sapInvoiceLine(item: RawItem, instance: string): BilledLine | null {
  const contractId = contractOf(item);
  if (contractId === null || isUndone(item)) return null;
  const vendorId = need(item, 'BillingDocument');
  const { amount: _amount, legalEntity: _code, id: invoiceId, ...header } = bill(item, instance, vendorId, 'NetAmount');
  return {
    ...header,
    ...{ invoiceId, contractId, net: money(item, 'NetAmount'), billingId: ourId(field(item, 'MaterialByCustomer')) },
  };
}

/** A payment of a customer; null when it was reversed or reverses. */
export function sapPayment(item: RawItem, instance: string): ErpDocument | null {
  if (isUndone(item)) return null;
  return {
    ...header(item, instance, 'AccountingDocument', item.itemId),
    number: need(item, 'AccountingDocument'),
    date: dateOf(item, 'PostingDate'),
    ...{ amount: money(item, 'PaymentAmount'), rest: money(item, 'OpenAmount') },
  };
}

/** A sales order; null when all of it was rejected before anything was billed. */
export function sapOrder(item: RawItem, instance: string): ErpOrder | null {
  if (isCancelled(item)) return null;
  const [net, rest] = [money(item, 'AskedNetAmount'), money(item, 'UnbilledNetAmount')];
  const rejected = field(item, 'OverallSDDocumentRejectionSts');
  return {
    ...header(item, instance, 'SalesOrder', item.itemId),
    number: item.itemId,
    date: dateOf(item, 'SalesOrderDate'),
    ...{ net, amount: add(net, money(item, 'AskedTaxAmount')), rest },
    // With a part rejected the rest may go on.
    isClosed: rejected === 'C' || (rejected === 'B' && isZero(rest)),
    contractId: contractOf(item),
  };
}

/** A customer that is in use; null when it is marked for deletion. */
export function sapCustomer(item: RawItem, instance: string): Customer | null {
  if (field(item, 'DeletionIndicator') === 'true') return null;
  return {
    customerId: customerOf(item),
    vendorId: item.itemId,
    instance,
    accountNumber: field(item, 'SearchTerm1'),
    name: nameOf(item),
    taxId: field(item, 'BPTaxNumber', 'BPTaxLongNumber'),
    // Its date and time stand apart, in the system's time zone.
    changedAt: null,
  };
}

/** Which customer a business partner stands for, in use or not. */
export function sapCustomerLink(
  item: RawItem,
  instance: string,
): readonly [accountId: string, customerId: string] | null {
  const customerId = customerOf(item);
  return customerId === null ? null : [canonicalId(SYSTEM, instance, 'Customer', item.itemId), customerId];
}

/** A document that was cancelled or reversed, or an order that was rejected; null for one that stands. */
export const sapReversed =
  (type: ReversibleType) =>
  (item: RawItem, instance: string): Reversed | null => {
    if (type === 'order' ? !isCancelled(item) : !isUndone(item)) return null;
    const company = field(item, 'CompanyCode');
    const date = field(item, 'BillingDocumentDate', 'PostingDate', 'SalesOrderDate')?.slice(0, 10) ?? null;
    return {
      ...{ type, id: canonicalId(SYSTEM, instance, ENTITIES[type], item.itemId) },
      number: item.itemId.split('/').at(-1) ?? null,
      legalEntityId: company && canonicalId(SYSTEM, instance, 'CompanyCode', company),
      currency: field(item, 'TransactionCurrency'),
      date: date !== null && isDate(date) ? date : null,
      changedAt: instant(field(item, 'LastChangeDateTime')),
    };
  };

const SYSTEM = 'sap-s4hana';
const ENTITIES = {
  invoice: 'BillingDocument',
  'credit-memo': 'BillingDocument',
  payment: 'AccountingDocument',
  order: 'SalesOrder',
} as const satisfies Readonly<Record<ReversibleType, string>>;

const isUndone = (item: RawItem): boolean => field(item, 'UndoneByReversal') === 'true';

const isCancelled = (item: RawItem): boolean =>
  field(item, 'OverallSDDocumentRejectionSts') === 'C' && !/[1-9]/.test(field(item, 'AskedNetAmount') ?? '0');

function bill(
  item: RawItem,
  instance: string,
  vendorId = item.itemId,
  amount = 'TotalGrossAmount',
): Omit<ErpDocument, 'rest'> {
  return {
    ...header(item, instance, 'BillingDocument', vendorId),
    ...{ number: vendorId, date: dateOf(item, 'BillingDocumentDate'), amount: money(item, amount) },
  };
}

type Header = Omit<ErpDocument, 'number' | 'date' | 'amount' | 'rest'>;

function header(item: RawItem, instance: string, entity: string, vendorId: string): Header {
  const currency = need(item, 'TransactionCurrency');
  minorUnits(currency);
  const company = need(item, 'CompanyCode');
  const vendorCustomerId = field(item, 'Customer', 'SoldToParty');
  return {
    ...{ id: canonicalId(SYSTEM, instance, entity, vendorId), vendorId },
    ...{ legalEntityId: canonicalId(SYSTEM, instance, 'CompanyCode', company), legalEntity: company },
    ...{ customerId: null, vendorCustomerId },
    customerAccountId: vendorCustomerId && canonicalId(SYSTEM, instance, 'Customer', vendorCustomerId),
    currency,
    changedAt: instant(field(item, 'LastChangeDateTime')),
  };
}

const money = (item: RawItem, name: string): string => parseDecimal(need(item, name));
const dateOf = (item: RawItem, name: string): string => assertDate(need(item, name).slice(0, 10));
const contractOf = (item: RawItem): string | null => ourId(field(item, 'PurchaseOrderByShipToParty'));

/** SAP's fields are too short for an id with its dashes. */
function ourId(text: string | null): string | null {
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(/^[0-9a-f]{32}$/i.test(text ?? '') ? text! : '');
  return parts === null ? null : parts.slice(1).join('-').toLowerCase();
}

/** A name that is longer than a field goes on in the next one, without a blank when it was cut inside a word. */
function nameOf(item: RawItem): string | null {
  const parts = ['1', '2', '3', '4'].map((n) => field(item, `OrganizationBPName${n}`) ?? '');
  const name = parts.reduce((sum, part, n) => sum + ((parts[n - 1]?.length ?? 40) < 40 ? ' ' : '') + part, '').trim();
  return name === '' ? null : name;
}

/**
 * Our customer, whose key the business partner must bear: 20 digits to the base of 36, of the id as a number.
 * @throws when the adapter's memory and SAP say different things
 */
function customerOf(item: RawItem): string | null {
  const customerId = field(item, 'customerId');
  if (customerId === null) return null;
  const key = (BigInt(`0x${customerId.replaceAll('-', '')}`) % 36n ** 20n).toString(36).toUpperCase().padStart(20, '0');
  const borne = field(item, 'BusinessPartnerIDByExtSystem');
  if (borne !== key) throw new Error(`external number ${borne ?? 'nothing'} is not the key of customer ${customerId}`);
  return customerId;
}

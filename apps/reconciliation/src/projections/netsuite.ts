import { assertDate, canonicalId, isDate, minorUnits, parseDecimal } from '@tieout/canonical';
import type { BilledLine, ErpOrder } from '../checks/contract.ts';
import type { Customer } from '../checks/customers.ts';
import type { ContractDocument, ErpDocument } from '../checks/documents.ts';
import type { ErpInvoice } from '../checks/invoice-balance.ts';
import type { Reversed, ReversibleType } from '../checks/reversals.ts';
import { field, instant, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/*
 * The few raw columns that reconciliation needs, read on its own: using the connector's mapping would compare that mapping with
 * itself. Columns are SuiteQL's; dates are asked for as YYYY-MM-DD and the currency as its symbol. What only the customer's own row
 * says (`customerId`) stays null here and is joined in `withCustomers`.
 */

/** A posted invoice; null when it is void. */
export function netsuiteInvoice(item: RawItem, instance: string): ErpInvoice | null {
  if (isVoid(item)) return null;
  return {
    ...document(item, instance, 'invoice'),
    rest: money(item, 'foreignamountunpaid'),
    appliedPayments: optionalMoney(item, 'appliedpayments'),
    appliedCredits: optionalMoney(item, 'appliedcredits'),
  };
}

/** A posted customer payment, or a refund, which is a payment of a negative amount; null when it is void. */
export function netsuitePayment(item: RawItem, instance: string): ErpDocument | null {
  return isVoid(item) ? null : { ...document(item, instance, paymentEntity(item)), rest: unused(item) };
}

const paymentEntity = (item: RawItem): Entity =>
  field(item, 'type') === 'CustRfnd' ? 'customerRefund' : 'customerPayment';

/** A posted credit memo; null when it is void. Whether the ERP states its amounts with a sign does not matter: none is negative. */
export function netsuiteCreditMemo(item: RawItem, instance: string): (ErpDocument & ContractDocument) | null {
  if (isVoid(item)) return null;
  const memo = document(item, instance, 'creditMemo');
  return {
    ...memo,
    amount: magnitude(memo.amount),
    rest: magnitude(unused(item)),
    contractId: field(item, 'custbody_contract'),
  };
}

/** A sales order; null when it is void or cancelled. */
export function netsuiteOrder(item: RawItem, instance: string): ErpOrder | null {
  const status = letterOf(need(item, 'status'));
  if (isVoid(item) || status === 'C') return null;
  return {
    ...document(item, instance, 'salesOrder'),
    rest: money(item, 'unbillednet'),
    net: money(item, 'net'),
    isClosed: status === 'H',
    contractId: field(item, 'custbody_contract'),
  };
}

/** A line of an invoice that names a contract; null when it names none or the invoice is void. */
export function netsuiteInvoiceLine(item: RawItem, instance: string): BilledLine | null {
  const contractId = field(item, 'custbody_contract');
  if (contractId === null || isVoid(item)) return null;
  const vendorId = need(item, 'transaction');
  const {
    amount: _amount,
    id: invoiceId,
    legalEntity: _legalEntity,
    ...header
  } = document(item, instance, 'invoice', vendorId, 'net');
  return {
    ...header,
    ...{ invoiceId, contractId, net: money(item, 'net'), billingId: field(item, 'custcol_billing_id') },
  };
}

const isVoid = (item: RawItem): boolean => field(item, 'voided') === 'T';

/** A status is a letter, bare or behind the type (`SalesOrd:H`). */
const letterOf = (status: string): string => status.split(':').at(-1) ?? '';

type Entity = 'invoice' | 'customerPayment' | 'customerRefund' | 'salesOrder' | 'creditMemo';

const ENTITIES: Readonly<Record<ReversibleType, Entity>> = {
  ...{ invoice: 'invoice', payment: 'customerPayment', 'credit-memo': 'creditMemo', order: 'salesOrder' },
};

/** A document that is void or an order that is cancelled, whatever else its row says; null for one that stands. */
export const netsuiteReversed =
  (type: ReversibleType) =>
  (item: RawItem, instance: string): Reversed | null => {
    if (!isVoid(item) && !(type === 'order' && letterOf(field(item, 'status') ?? '') === 'C')) return null;
    const subsidiary = field(item, 'subsidiary');
    const date = field(item, 'trandate')?.slice(0, 10) ?? null;
    return {
      ...{
        type,
        id: canonicalId('netsuite', instance, type === 'payment' ? paymentEntity(item) : ENTITIES[type], item.itemId),
        number: field(item, 'tranid'),
      },
      legalEntityId: subsidiary && canonicalId('netsuite', instance, 'subsidiary', subsidiary),
      ...{ currency: field(item, 'currency'), date: date !== null && isDate(date) ? date : null },
      changedAt: instant(field(item, 'lastmodifieddate')),
    };
  };

function document(
  item: RawItem,
  instance: string,
  entity: Entity,
  vendorId = item.itemId,
  amountName = 'foreigntotal',
): Omit<ErpDocument, 'rest'> {
  const currency = need(item, 'currency');
  minorUnits(currency);
  const vendorCustomerId = field(item, 'entity');
  return {
    ...{ id: canonicalId('netsuite', instance, entity, vendorId), vendorId, number: need(item, 'tranid') },
    legalEntityId: canonicalId('netsuite', instance, 'subsidiary', need(item, 'subsidiary')),
    // A subsidiary's display name may carry its parents in front.
    legalEntity: field(item, 'subsidiaryname')?.split(' : ').at(-1) ?? null,
    ...{ customerId: null, vendorCustomerId },
    customerAccountId: vendorCustomerId && canonicalId('netsuite', instance, 'customer', vendorCustomerId),
    currency,
    date: assertDate(need(item, 'trandate').slice(0, 10)),
    amount: money(item, amountName),
    changedAt: instant(field(item, 'lastmodifieddate')),
  };
}

const money = (item: RawItem, name: string): string => parseDecimal(need(item, name));

const magnitude = (amount: string): string => amount.replace(/^-/, '');

const optionalMoney = (item: RawItem, name: string): string | null => {
  const text = field(item, name);
  return text === null ? null : parseDecimal(text);
};

/** What is fully applied may come without a value. */
const unused = (item: RawItem): string => optionalMoney(item, 'foreignpaymentamountunused') ?? '0';

/** A customer that is in use; null when it is inactive. */
export function netsuiteCustomer(item: RawItem, instance: string): Customer | null {
  if (field(item, 'isinactive') === 'T') return null;
  return {
    customerId: field(item, 'externalid'),
    vendorId: item.itemId,
    instance,
    accountNumber: field(item, 'entityid'),
    name: field(item, 'companyname', 'altname'),
    taxId: field(item, 'vatregnumber'),
    changedAt: instant(field(item, 'lastmodifieddate')),
  };
}

/** Which customer an ERP customer record stands for, in use or not: a document keeps the one that it was written for. */
export function netsuiteCustomerLink(
  item: RawItem,
  instance: string,
): readonly [accountId: string, customerId: string] | null {
  const customerId = field(item, 'externalid');
  return customerId === null ? null : [canonicalId('netsuite', instance, 'customer', item.itemId), customerId];
}

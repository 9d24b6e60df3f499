import { assertDate, canonicalId, minorUnits, parseDecimal } from '@tieout/canonical';
import type { Customer } from '../checks/customers.ts';
import type { Document } from '../checks/documents.ts';
import type { ErpInvoice } from '../checks/invoice-balance.ts';
import { field, instant, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/*
 * The few raw columns that reconciliation needs, read on its own: using the connector's mapping would compare that mapping with
 * itself. Columns are SuiteQL's; dates are asked for as YYYY-MM-DD and the currency as its symbol.
 */

/** A posted invoice; null when it is void. `customerId` is not in the raw row and stays null. */
export function netsuiteInvoice(item: RawItem, instance: string): ErpInvoice | null {
  const invoice = document(item, instance, 'invoice', 'foreignamountunpaid');
  return (
    invoice && {
      ...invoice,
      appliedPayments: amount(item, 'appliedpayments'),
      appliedCredits: amount(item, 'appliedcredits'),
    }
  );
}

/** A posted customer payment; null when it is void. */
export function netsuitePayment(item: RawItem, instance: string): Document | null {
  return document(item, instance, 'customerPayment', 'foreignpaymentamountunused');
}

function document(
  item: RawItem,
  instance: string,
  entity: 'invoice' | 'customerPayment',
  restName: string,
): Document | null {
  if (field(item, 'voided') === 'T') return null;
  const currency = need(item, 'currency');
  minorUnits(currency);
  return {
    id: canonicalId('netsuite', instance, entity, item.itemId),
    number: need(item, 'tranid'),
    legalEntityId: canonicalId('netsuite', instance, 'subsidiary', need(item, 'subsidiary')),
    customerId: null,
    currency,
    date: assertDate(need(item, 'trandate').slice(0, 10)),
    amount: parseDecimal(need(item, 'foreigntotal')),
    // A payment that is fully applied may come without a value; an invoice always says what is open.
    rest: parseDecimal(entity === 'invoice' ? need(item, restName) : (field(item, restName) ?? '0')),
    changedAt: instant(field(item, 'lastmodifieddate')),
  };
}

const amount = (item: RawItem, name: string): string | null => {
  const text = field(item, name);
  return text === null ? null : parseDecimal(text);
};

/** A customer that is in use; null when it is inactive. */
export function netsuiteCustomer(item: RawItem): Customer | null {
  if (field(item, 'isinactive') === 'T') return null;
  return {
    customerId: field(item, 'externalid'),
    vendorId: item.itemId,
    accountNumber: field(item, 'entityid'),
    name: field(item, 'companyname', 'altname'),
    taxId: field(item, 'vatregnumber'),
    changedAt: instant(field(item, 'lastmodifieddate')),
  };
}

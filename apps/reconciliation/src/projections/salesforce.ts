import { assertDate, canonicalId, parseDecimal } from '@tieout/canonical';
import type { Contract, ContractLine } from '../checks/contract.ts';
import type { Customer } from '../checks/customers.ts';
import { lastDayOfTerm } from '../checks/days.ts';
import { field, instant, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/* Fields by their REST names, read on their own: see netsuite.ts. */

const isDeleted = (item: RawItem): boolean => field(item, 'IsDeleted') === 'true';
const stamp = (item: RawItem): string | null => instant(field(item, 'SystemModstamp'));

/** An account that is not deleted. */
export function salesforceCustomer(item: RawItem, instance: string): Customer | null {
  if (isDeleted(item)) return null;
  return {
    customerId: canonicalId('salesforce', instance, 'Account', item.itemId),
    vendorId: item.itemId,
    instance,
    accountNumber: field(item, 'AccountNumber'),
    name: field(item, 'Name'),
    taxId: field(item, 'Tax_Id__c'),
    changedAt: stamp(item),
  };
}

/** A contract that is not deleted, whatever its status. */
export function salesforceContract(item: RawItem, instance: string): Contract | null {
  if (isDeleted(item)) return null;
  const [status, account] = [need(item, 'Status'), field(item, 'AccountId')];
  return {
    id: canonicalId('salesforce', instance, 'Contract', item.itemId),
    vendorId: item.itemId,
    number: field(item, 'ContractNumber'),
    status,
    isActive: status === 'Activated',
    customerId: account && canonicalId('salesforce', instance, 'Account', account),
    currency: field(item, 'CurrencyIsoCode'),
    legalEntity: field(item, 'Legal_Entity__c'),
    endsOn: endOf(item),
    changedAt: stamp(item),
  };
}

/** A term is stated in whole months from the first day. */
function endOf(item: RawItem): string | null {
  const [start, months] = [field(item, 'StartDate'), field(item, 'ContractTerm')];
  if (start === null || months === null || !/^[1-9]\d{0,3}(\.0+)?$/.test(months)) return null;
  return lastDayOfTerm(assertDate(start.slice(0, 10)), Number.parseInt(months, 10));
}

/** A billing line of a contract that is not deleted. */
export function salesforceContractLine(item: RawItem, instance: string): ContractLine | null {
  if (isDeleted(item)) return null;
  return {
    billingId: canonicalId('salesforce', instance, 'Contract_Line__c', item.itemId),
    contractId: canonicalId('salesforce', instance, 'Contract', need(item, 'Contract__c')),
    vendorId: item.itemId,
    billOn: assertDate(need(item, 'Bill_On__c').slice(0, 10)),
    net: parseDecimal(need(item, 'Net_Amount__c')),
    currency: field(item, 'CurrencyIsoCode'),
    changedAt: stamp(item),
  };
}

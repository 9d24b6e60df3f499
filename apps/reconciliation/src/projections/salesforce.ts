import { canonicalId } from '@tieout/canonical';
import type { Customer } from '../checks/customers.ts';
import { field, instant } from './raw.ts';
import type { RawItem } from './raw.ts';

/** An account that is not deleted, by its REST field names. */
export function salesforceCustomer(item: RawItem, instance: string): Customer | null {
  if (field(item, 'IsDeleted') === 'true') return null;
  return {
    customerId: canonicalId('salesforce', instance, 'Account', item.itemId),
    vendorId: item.itemId,
    accountNumber: field(item, 'AccountNumber'),
    name: field(item, 'Name'),
    taxId: field(item, 'Tax_Id__c'),
    changedAt: instant(field(item, 'SystemModstamp')),
  };
}

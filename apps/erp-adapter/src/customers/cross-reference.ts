import { crossReferenceId, type CrossReference } from '@tieout/canonical';
import type { Erp } from '@tieout/connector-erp';

/** That the customer is the ERP's record under this vendor id. */
export function crossReference(
  { system, instance }: Pick<Erp, 'system' | 'instance'>,
  customerId: string,
  vendorId: string,
  status: 'ACTIVE' | 'RETIRED',
): Omit<CrossReference, 'revision'> {
  return {
    crossReferenceId: crossReferenceId('customer', system, instance, vendorId),
    type: 'customer',
    ...{ system, instance, vendorId },
    canonicalId: customerId,
    status,
    aliasOf: null,
    source: { system, instance, entity: 'customer', id: vendorId, version: null, changedAt: null },
  };
}

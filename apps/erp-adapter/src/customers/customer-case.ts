import type { Subject } from '../cases/case.ts';

/** A customer as the subject of exceptions: the ERP knows it by its canonical id. */
export function customerSubject(instance: string, customerId: string): Subject {
  return { instance, objectType: 'customer', vendorId: customerId, objectId: customerId };
}

import type { Subject } from '../cases/case.ts';

/** Name of no instance: of answers to commands that none takes. */
export const NO_INSTANCE = 'none';

/** Of the case of a contract whose command no instance took: whoever takes a later one ends it. */
export function unclaimedSubject(contractId: string): Subject {
  return { instance: NO_INSTANCE, objectType: 'order', vendorId: contractId, objectId: contractId };
}

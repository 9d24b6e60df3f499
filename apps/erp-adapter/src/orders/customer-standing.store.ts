import type { EntityManager } from 'typeorm';
import { exceptionId } from '@tieout/messaging';
import { caseOf, SERVICE } from '../cases/case.ts';
import { CUSTOMER_NOT_WRITTEN } from '../cases/kinds.ts';
import { customerSubject } from '../customers/customer-case.ts';

/** Whether the ERP has a customer. */
export type CustomerStanding = { readonly name: string | null } & (
  | { readonly kind: 'written' }
  /** Not received yet, or not written yet. */
  | { readonly kind: 'coming' }
  | { readonly kind: 'refused'; readonly message: string }
);

/** @param legalEntity code of the one that he must have been brought into; null: he is good for every one once he is there */
export async function customerStanding(
  tx: EntityManager,
  instance: string,
  customerId: string,
  legalEntity: string | null,
): Promise<CustomerStanding> {
  const rows = await tx.query<
    { name: string | null; vendorId: string | null; placed: boolean; problem: string | null }[]
  >(
    `SELECT l.desired->>'name' AS name, l.vendor_id AS "vendorId", $4::text IS NULL OR $4 = ANY(l.placed) AS placed,
       c.state->>'message' AS problem
     FROM customer_link l LEFT JOIN exception_case c ON c.exception_id = $3 AND c.status = 'OPEN'
     WHERE l.instance = $1 AND l.customer_id = $2`,
    [
      instance,
      customerId,
      exceptionId(SERVICE, caseOf(customerSubject(instance, customerId), CUSTOMER_NOT_WRITTEN)),
      legalEntity,
    ],
  );
  const [row] = rows;
  if (!row) return { kind: 'coming', name: null };
  const { name, vendorId, placed, problem } = row;
  // Refused once it was there: what was refused is a change, and the customer stands.
  if (vendorId !== null && placed) return { kind: 'written', name };
  return problem === null ? { kind: 'coming', name } : { kind: 'refused', name, message: problem };
}

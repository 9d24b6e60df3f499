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

export async function customerStanding(
  tx: EntityManager,
  instance: string,
  customerId: string,
): Promise<CustomerStanding> {
  const rows = await tx.query<{ name: string; vendorId: string | null; problem: string | null }[]>(
    `SELECT l.desired->>'name' AS name, l.vendor_id AS "vendorId", c.state->>'message' AS problem
     FROM customer_link l LEFT JOIN exception_case c ON c.exception_id = $3 AND c.status = 'OPEN'
     WHERE l.instance = $1 AND l.customer_id = $2`,
    [instance, customerId, exceptionId(SERVICE, caseOf(customerSubject(instance, customerId), CUSTOMER_NOT_WRITTEN))],
  );
  const [row] = rows;
  if (!row) return { kind: 'coming', name: null };
  const { name, vendorId, problem } = row;
  // Refused once it was there: what was refused is a change, and the customer stands.
  if (vendorId !== null) return { kind: 'written', name };
  return problem === null ? { kind: 'coming', name } : { kind: 'refused', name, message: problem };
}

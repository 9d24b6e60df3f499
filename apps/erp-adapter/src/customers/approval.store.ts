import type { EntityManager } from 'typeorm';
import type { Governed } from './governed.ts';

/** What a look at a customer found: what is approved, and what waits for a person. */
export async function saveApprovals(
  tx: EntityManager,
  instance: string,
  customerId: string,
  { approved, waiting }: { readonly approved: Governed; readonly waiting: Governed | null },
): Promise<void> {
  // A decision that was taken while this look was under way is not taken back.
  await tx.query(
    `UPDATE customer_link SET approved = coalesce(approved, $3::jsonb), waiting = $4::jsonb WHERE instance = $1 AND customer_id = $2`,
    [instance, customerId, JSON.stringify(approved), waiting === null ? null : JSON.stringify(waiting)],
  );
}

/** Settles what waits, as approved or as rejected; false when nothing does. */
export async function settle(
  tx: EntityManager,
  instance: string,
  customerId: string,
  how: 'approved' | 'rejected',
): Promise<boolean> {
  const [, count] = await tx.query<[unknown, number]>(
    `UPDATE customer_link SET ${how} = coalesce(${how}, '{}') || waiting, waiting = NULL
     WHERE instance = $1 AND customer_id = $2 AND waiting IS NOT NULL`,
    [instance, customerId],
  );
  return count > 0;
}

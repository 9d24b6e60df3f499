import type { EntityManager } from 'typeorm';
import type { Flow, Proposal } from './proposal.ts';

/** Stores what would be written of an object; null when nothing would. The same again keeps its place and time. */
export async function keepProposal(
  tx: EntityManager,
  { instance, flow, objectId }: Place,
  proposal: Proposal | null,
): Promise<void> {
  if (proposal === null) {
    await tx.query(`DELETE FROM proposal WHERE instance = $1 AND flow = $2 AND object_id = $3`, [
      instance,
      flow,
      objectId,
    ]);
    return;
  }
  await tx.query(
    `INSERT INTO proposal AS p (instance, flow, object_id, action, body) VALUES ($1, $2, $3, $4, $5::jsonb)
     ON CONFLICT (instance, flow, object_id) DO UPDATE
       SET action = excluded.action, body = excluded.body, seq = DEFAULT, proposed_at = DEFAULT
       WHERE p.body <> excluded.body`,
    [instance, flow, objectId, proposal.action, JSON.stringify(proposal)],
  );
}

export interface Place {
  readonly instance: string;
  readonly flow: Flow;
  readonly objectId: string;
}

export interface ListedProposal extends Proposal, Place {
  /** Grows: of two the later one is the newer. */
  readonly seq: string;
  readonly proposedAt: string;
}

export interface ProposalQuery {
  readonly instance: string | null;
  readonly flow: Flow | null;
  readonly action: Proposal['action'] | null;
  readonly objectId: string | null;
  readonly limit: number;
  /** Those after it. */
  readonly after: string | null;
}

/** The oldest first. */
export async function listProposals(
  sql: EntityManager,
  { instance, flow, action, objectId, limit, after }: ProposalQuery,
): Promise<readonly ListedProposal[]> {
  const rows = await sql.query<(Omit<ListedProposal, keyof Proposal | 'proposedAt'> & { body: Proposal; at: Date })[]>(
    `SELECT seq, instance, flow, object_id AS "objectId", body, proposed_at AS at FROM proposal
     WHERE ($1::text IS NULL OR instance = $1) AND ($2::text IS NULL OR flow = $2) AND ($3::text IS NULL OR action = $3)
       AND ($4::text IS NULL OR object_id = $4) AND ($5::bigint IS NULL OR seq > $5) ORDER BY seq LIMIT $6`,
    [instance, flow, action, objectId, after, limit],
  );
  return rows.map(({ body, at, ...row }) => ({ ...row, ...body, proposedAt: at.toISOString() }));
}

export async function countProposals(
  sql: EntityManager,
): Promise<
  readonly { readonly instance: string; readonly flow: Flow; readonly action: string; readonly count: number }[]
> {
  return sql.query(`SELECT instance, flow, action, count(*)::int AS count FROM proposal GROUP BY 1, 2, 3`);
}

/** Customers whose writing was held back; locked, so that they can be enqueued. */
export async function heldCustomers(
  tx: EntityManager,
  instance: string,
  limit: number,
): Promise<readonly { readonly customerId: string; readonly version: string }[]> {
  return tx.query(
    `SELECT customer_id AS "customerId", version FROM customer_link WHERE instance = $1 AND held AND desired IS NOT NULL
     ORDER BY customer_id LIMIT $2 FOR UPDATE`,
    [instance, limit],
  );
}

/** The customer was looked at and not written; where the ERP has him by somebody else's hand, that is known. */
export async function holdCustomer(
  tx: EntityManager,
  instance: string,
  customerId: string,
  vendorId: string | null,
): Promise<void> {
  await tx.query(
    `UPDATE customer_link SET held = true, vendor_id = coalesce($3, vendor_id), version = version + 1,
       placed = CASE WHEN $3::text IS NULL THEN placed ELSE wanted END
     WHERE instance = $1 AND customer_id = $2`,
    [instance, customerId, vendorId],
  );
}

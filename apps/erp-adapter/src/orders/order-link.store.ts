import type { ErpCommand } from '@tieout/canonical';
import type { OrderContent } from '@tieout/connector-erp';
import { TransientError } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';

/** ASKED: not looked at yet. PROPOSED: looked at and not written, because orders are not written. WITHDRAWN: taken back; its code says whether an order stands all the same. */
export const LINK_STATES = ['ASKED', 'WAITING_FOR_CUSTOMER', 'DONE', 'REFUSED', 'WITHDRAWN', 'PROPOSED'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** The newest command of a contract and what became of it. */
export interface OrderLink {
  readonly contractId: string;
  readonly command: ErpCommand;
  readonly commandId: string;
  readonly revision: bigint;
  readonly customerId: string;
  readonly state: LinkState;
  readonly code: string | null;
  readonly vendorId: string | null;
  readonly number: string | null;
  readonly written: OrderContent | null;
  readonly writtenRevision: bigint | null;
  readonly attempted: OrderContent | null;
  readonly version: string;
}

/** JSON keeps revisions as text. */
type Row = Omit<OrderLink, 'command' | 'revision' | 'writtenRevision'> & {
  readonly command: Omit<ErpCommand, 'contractRevision'>;
  readonly revision: string;
  readonly writtenRevision: string | null;
};
const columns = `contract_id AS "contractId", command, command_id AS "commandId", revision, customer_id AS "customerId", state, code,
  vendor_id AS "vendorId", number, written, written_revision AS "writtenRevision", attempted, version`;

const fromRow = ({ command, revision, writtenRevision, ...row }: Row): OrderLink => ({
  ...row,
  command: { ...command, contractRevision: BigInt(revision) },
  revision: BigInt(revision),
  writtenRevision: writtenRevision === null ? null : BigInt(writtenRevision),
});

export async function loadOrders(
  tx: EntityManager,
  instance: string,
  contractIds: readonly string[],
  lock = false,
): Promise<readonly OrderLink[]> {
  const rows = await tx.query<Row[]>(
    `SELECT ${columns} FROM order_link WHERE instance = $1 AND contract_id = ANY($2::text[])
     ORDER BY contract_id ${lock ? 'FOR UPDATE' : ''}`,
    [instance, contractIds],
  );
  return rows.map(fromRow);
}

/** Stores commands that are newer than what is there. What was written stays known. */
export async function keepCommands(
  tx: EntityManager,
  instance: string,
  commands: readonly ErpCommand[],
): Promise<void> {
  if (commands.length === 0) return;
  const text = JSON.stringify(commands, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  await tx.query(
    `INSERT INTO order_link (instance, contract_id, command, command_id, revision, customer_id, state)
     SELECT $1, c->>'contractId', c, c->>'commandId', (c->>'contractRevision')::bigint, c->>'customerId', 'ASKED'
     FROM jsonb_array_elements($2::jsonb) c ORDER BY 2
     ON CONFLICT (instance, contract_id) DO UPDATE SET command = excluded.command, command_id = excluded.command_id,
       revision = excluded.revision, customer_id = excluded.customer_id, state = excluded.state, code = NULL,
       version = order_link.version + 1
     WHERE order_link.revision < excluded.revision`,
    [instance, text],
  );
}

/**
 * Before a write: should its answer be lost, what it did is still known as ours.
 * `confirmed` is what stands there now and is ours.
 * @throws TransientError `link-changed` when a newer command came, or another worker looked, since the link was loaded
 */
export async function saveAttempt(
  tx: EntityManager,
  instance: string,
  { contractId, version }: OrderLink,
  { confirmed, attempted }: { readonly confirmed: OrderContent | null; readonly attempted: OrderContent },
): Promise<void> {
  const [, count] = await tx.query<[unknown, number]>(
    `UPDATE order_link SET written = $3::jsonb, attempted = $4::jsonb WHERE instance = $1 AND contract_id = $2 AND version = $5`,
    [instance, contractId, toJson(confirmed), JSON.stringify(attempted), version],
  );
  if (count === 0) throw new TransientError('link-changed', `A newer command for contract ${contractId} has come`);
}

const toJson = (content: OrderContent | null): string | null => (content === null ? null : JSON.stringify(content));

/** What a look found out about the record in the ERP; it stays true when a newer command has come meanwhile. */
export type Found = Pick<OrderLink, 'vendorId' | 'number' | 'written' | 'writtenRevision' | 'attempted'>;

export async function saveLook(
  tx: EntityManager,
  instance: string,
  contractId: string,
  found: Found,
  standing: Pick<OrderLink, 'state' | 'code'>,
): Promise<void> {
  await tx.query(
    `UPDATE order_link SET vendor_id = $3, number = $4, written = $5::jsonb, written_revision = $6, attempted = $7::jsonb,
       state = $8, code = $9, version = version + 1, looked_at = now()
     WHERE instance = $1 AND contract_id = $2`,
    [
      instance,
      contractId,
      found.vendorId,
      found.number,
      toJson(found.written),
      found.writtenRevision?.toString() ?? null,
      toJson(found.attempted),
      standing.state,
      standing.code,
    ],
  );
}

/** Orders to look at again; locked, so that they can be enqueued. */
export interface ToLookAt {
  readonly contractId: string;
  readonly version: string;
}
const toLookAt = `contract_id AS "contractId", version`;

/** Orders that wait for this customer, or were refused because the ERP did not have it. */
export async function ordersOfCustomer(
  tx: EntityManager,
  instance: string,
  customerId: string,
): Promise<readonly ToLookAt[]> {
  return tx.query<ToLookAt[]>(
    `SELECT ${toLookAt} FROM order_link WHERE instance = $1 AND customer_id = $2
       AND (state = 'WAITING_FOR_CUSTOMER' OR (state = 'REFUSED' AND code = 'customer-not-in-erp'))
     ORDER BY contract_id FOR UPDATE`,
    [instance, customerId],
  );
}

/** Refused orders that nobody has looked at for so long. */
export async function refusedOrders(
  tx: EntityManager,
  instance: string,
  restMs: number,
  limit: number,
): Promise<readonly ToLookAt[]> {
  return tx.query<ToLookAt[]>(
    `SELECT ${toLookAt} FROM order_link WHERE instance = $1 AND contract_id IN (
       SELECT contract_id FROM order_link
       WHERE instance = $1 AND state = 'REFUSED' AND looked_at < now() - $2 * interval '1 ms'
       ORDER BY looked_at LIMIT $3)
     ORDER BY contract_id FOR UPDATE`,
    [instance, restMs, limit],
  );
}

/** Orders that were looked at while none was written. */
export async function proposedOrders(tx: EntityManager, instance: string, limit: number): Promise<readonly ToLookAt[]> {
  return tx.query<ToLookAt[]>(
    `SELECT ${toLookAt} FROM order_link WHERE instance = $1 AND state = 'PROPOSED' ORDER BY contract_id LIMIT $2 FOR UPDATE`,
    [instance, limit],
  );
}

/** Orders whose record was deleted in the ERP, unless it is known already that none stands. */
export async function ordersDeleted(
  tx: EntityManager,
  instance: string,
  vendorIds: readonly string[],
): Promise<readonly ToLookAt[]> {
  return tx.query<ToLookAt[]>(
    `SELECT ${toLookAt} FROM order_link
     WHERE instance = $1 AND vendor_id = ANY($2::text[]) AND code IS DISTINCT FROM 'order-deleted-in-erp'
       AND NOT (state = 'WITHDRAWN' AND code IS NULL)
     ORDER BY contract_id FOR UPDATE`,
    [instance, vendorIds],
  );
}

/** Commands by what became of them, for the metrics. */
export async function countOrders(
  tx: EntityManager,
): Promise<readonly { readonly instance: string; readonly state: LinkState; readonly count: number }[]> {
  return tx.query<{ instance: string; state: LinkState; count: number }[]>(
    `SELECT instance, state, count(*)::int AS count FROM order_link GROUP BY 1, 2`,
  );
}

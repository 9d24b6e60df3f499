import type { ErpCommand } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';

/** ASKED: not looked at yet. REJECTED: a person decided that it is not made. Neither DONE nor REJECTED is ever left. */
export type BillState = 'ASKED' | 'WAITING_FOR_ORDER' | 'DONE' | 'REFUSED' | 'REJECTED';

/** A command that bills, and what became of it. */
export interface BillLink {
  readonly commandId: string;
  readonly contractId: string;
  readonly command: ErpCommand;
  readonly revision: bigint;
  readonly state: BillState;
  readonly code: string | null;
  readonly version: string;
}

type Row = Omit<BillLink, 'command' | 'revision'> & {
  readonly command: Omit<ErpCommand, 'contractRevision'>;
  readonly revision: string;
};
const columns = `command_id AS "commandId", contract_id AS "contractId", command, revision, state, code, version`;

export async function loadBills(
  tx: EntityManager,
  instance: string,
  commandIds: readonly string[],
  lock = false,
): Promise<readonly BillLink[]> {
  const rows = await tx.query<Row[]>(
    `SELECT ${columns} FROM bill_link WHERE instance = $1 AND command_id = ANY($2::text[])
     ORDER BY command_id ${lock ? 'FOR UPDATE' : ''}`,
    [instance, commandIds],
  );
  return rows.map(({ command, revision, ...row }) => ({
    ...row,
    command: { ...command, contractRevision: BigInt(revision) },
    revision: BigInt(revision),
  }));
}

/** Stores commands that are new and answers their ids; one that is known stays as it is, whatever became of it. */
export async function keepBills(
  tx: EntityManager,
  instance: string,
  commands: readonly ErpCommand[],
): Promise<ReadonlySet<string>> {
  if (commands.length === 0) return new Set();
  const text = JSON.stringify(commands, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  const rows = await tx.query<{ id: string }[]>(
    `INSERT INTO bill_link (instance, command_id, contract_id, command, revision, state)
     SELECT $1, c->>'commandId', c->>'contractId', c, (c->>'contractRevision')::bigint, 'ASKED'
     FROM jsonb_array_elements($2::jsonb) c ORDER BY 2
     ON CONFLICT (instance, command_id) DO NOTHING RETURNING command_id AS id`,
    [instance, text],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface Looked {
  readonly state: BillState;
  readonly code: string | null;
  readonly bill: { readonly id: string; readonly number: string; readonly date: string } | null;
}

export async function saveBill(
  tx: EntityManager,
  instance: string,
  commandId: string,
  { state, code, bill }: Looked,
): Promise<void> {
  await tx.query(
    `UPDATE bill_link SET state = $3, code = $4, vendor_id = $5, number = $6, date = $7, version = version + 1, looked_at = now()
     WHERE instance = $1 AND command_id = $2`,
    [instance, commandId, state, code, bill?.id ?? null, bill?.number ?? null, bill?.date ?? null],
  );
}

/**
 * Bills to look at again; locked, so that they can be enqueued: those whose order stands now, and refused ones that have rested so
 * long. What only a person can decide (`people`: codes) is never looked at by itself.
 */
export async function billsToLookAt(
  tx: EntityManager,
  instance: string,
  { restMs, limit, people }: { readonly restMs: number; readonly limit: number; readonly people: readonly string[] },
): Promise<readonly BillLink[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT b.command_id AS id FROM bill_link b
     WHERE b.instance = $1 AND b.state IN ('WAITING_FOR_ORDER', 'REFUSED') AND (
       (b.state = 'WAITING_FOR_ORDER' AND EXISTS (
         SELECT FROM order_link o WHERE o.instance = b.instance AND o.contract_id = b.contract_id AND o.state NOT IN ('ASKED', 'WAITING_FOR_CUSTOMER', 'PROPOSED')))
       OR (b.state = 'REFUSED' AND b.code <> ALL($4::text[]) AND b.looked_at < now() - $2 * interval '1 ms'))
     ORDER BY b.looked_at LIMIT $3`,
    [instance, restMs, limit, people],
  );
  return loadBills(
    tx,
    instance,
    rows.map(({ id }) => id),
    true,
  );
}

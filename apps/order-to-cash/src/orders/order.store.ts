import type { EntityManager } from 'typeorm';
import {
  stateOf,
  type Answer,
  type Asked,
  type ContractOrder,
  type ContractSummary,
  type OrderState,
  type Problem,
} from './order.ts';

/** JSON keeps revisions as text. */
type Stored<T> = Omit<T, 'contractRevision'> & { readonly contractRevision: string };
interface Row {
  readonly contractId: string;
  readonly contractRevision: string;
  readonly contract: ContractSummary | null;
  readonly command: Stored<Asked> | null;
  readonly outcome: Stored<Answer> | null;
}

const columns = `contract_id AS "contractId", contract_revision AS "contractRevision", contract, command, outcome`;

/** By id, locked until the transaction ends; a contract that is new here gets an empty row, so that it can be locked. */
export async function lockOrders(
  tx: EntityManager,
  contractIds: readonly string[],
): Promise<Map<string, ContractOrder>> {
  const ids = [...new Set(contractIds)].sort();
  await tx.query(
    `INSERT INTO contract_order (contract_id) SELECT unnest($1::text[]) ON CONFLICT (contract_id) DO NOTHING`,
    [ids],
  );
  const rows = await tx.query<Row[]>(
    `SELECT ${columns} FROM contract_order WHERE contract_id = ANY($1::text[]) ORDER BY contract_id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.map((row) => [row.contractId, fromRow(row)]));
}

function fromRow({ contractRevision, command, outcome, ...row }: Row): ContractOrder {
  return {
    ...row,
    contractRevision: BigInt(contractRevision),
    command: command && { ...command, contractRevision: BigInt(command.contractRevision) },
    outcome: outcome && { ...outcome, contractRevision: BigInt(outcome.contractRevision) },
  };
}

export async function saveOrders(tx: EntityManager, orders: readonly ContractOrder[], now: string): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map((order) => ({ ...order, state: stateOf(order) }));
  await tx.query(
    `UPDATE contract_order o SET contract_revision = r."contractRevision", contract = nullif(r.contract, 'null'),
       command = nullif(r.command, 'null'), outcome = nullif(r.outcome, 'null'), state = r.state, changed_at = $2
     FROM jsonb_to_recordset($1::jsonb) AS r ("contractId" text, "contractRevision" bigint, contract jsonb, command jsonb,
       outcome jsonb, state text)
     WHERE o.contract_id = r."contractId"`,
    [JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)), now],
  );
}

/** An order as it is listed. */
export interface ListedOrder {
  readonly contractId: string;
  readonly state: OrderState;
  readonly contractRevision: string;
  readonly contract: ContractSummary;
  readonly command: Omit<Stored<Asked>, 'hash'> | null;
  /** The newest, which may answer an earlier command than the one above. */
  readonly outcome: Stored<Answer> | null;
  /** The open exception about the contract. */
  readonly problem: (Problem & { readonly since: string }) | null;
  readonly changedAt: string;
}

export interface OrderQuery {
  readonly state: string | null;
  readonly limit: number;
  /** Last order of the page before. */
  readonly after: { readonly changedAt: string; readonly contractId: string } | null;
}

const listed = `contract_id AS "contractId", state, contract_revision AS "contractRevision", contract, command - 'hash' AS command,
  outcome, (SELECT jsonb_build_object('kind', e.kind, 'message', e.state->'message', 'details', e.state->'details',
      'since', e.raised_at) FROM exception_case e
    WHERE e.status = 'OPEN' AND e.object_type = 'contract' AND e.object_id = contract_id ORDER BY e.raised_at DESC LIMIT 1) AS problem,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt"`;

/** Newest first, one row more than asked for when there is a next page. */
export async function listOrders(
  tx: EntityManager,
  { state, limit, after }: OrderQuery,
): Promise<readonly ListedOrder[]> {
  return tx.query<ListedOrder[]>(
    `SELECT ${listed} FROM contract_order
     WHERE contract IS NOT NULL AND ($1::text IS NULL OR state = $1)
       AND ($2::timestamptz IS NULL OR (changed_at, contract_id) < ($2, $3::text))
     ORDER BY changed_at DESC, contract_id DESC LIMIT $4`,
    [state, after?.changedAt ?? null, after?.contractId ?? null, limit + 1],
  );
}

export async function findOrder(tx: EntityManager, contractId: string): Promise<ListedOrder | null> {
  const rows = await tx.query<ListedOrder[]>(
    `SELECT ${listed} FROM contract_order WHERE contract IS NOT NULL AND contract_id = $1`,
    [contractId],
  );
  return rows[0] ?? null;
}

export interface Count {
  readonly name: string;
  readonly count: number;
}

/** Contracts by state of their order. */
export async function countOrders(tx: EntityManager): Promise<readonly Count[]> {
  return tx.query<Count[]>(
    `SELECT state AS name, count(*)::int AS count FROM contract_order WHERE contract IS NOT NULL GROUP BY 1`,
  );
}

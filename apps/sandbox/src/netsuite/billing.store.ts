import type { PoolClient } from 'pg';
import { userError } from './problem.ts';

/** What an invoice took of an order's lines, before it is changed. */
export type BilledBefore = ReadonlyMap<string, string>;

/** Locks the orders that an invoice bills, in id order, and notes what it took of them. */
export async function lockOrders(tx: PoolClient, invoice: string): Promise<BilledBefore> {
  const sql = `select id from transaction where id in (select previousdoc from orderlink where nextdoc = $1) order by id for update`;
  await tx.query(sql, [invoice]);
  return billedBy(tx, invoice);
}

/** Order id -> what the invoice takes of it, as text to compare. */
async function billedBy(tx: PoolClient, invoice: string): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; taken: string }>(
    `select previousdoc as id, string_agg(concat_ws(' ', previousline, nextline, trim_scale(quantity), trim_scale(foreignamount)), ',' order by nextline) as taken
     from orderlink where nextdoc = $1 group by previousdoc`,
    [invoice],
  );
  return new Map(rows.map(({ id, taken }) => [id, taken]));
}

/** Brings the links of an invoice in line with its lines; orders of which it takes more, less or nothing now move. */
export async function settleOrders(tx: PoolClient, invoice: string, before: BilledBefore, now: Date): Promise<void> {
  await tx.query(
    `update orderlink k set quantity = l.quantity, foreignamount = l.amount from transactionline l
     where k.nextdoc = $1 and l.transaction = k.nextdoc and l.line = k.nextline`,
    [invoice],
  );
  const after = await billedBy(tx, invoice);
  const touched = [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id));
  for (const order of touched) await requireWithinOrder(tx, order);
  await tx.query('update transaction set lastmodifieddate = $2 where id = any($1::bigint[])', [touched, now]);
}

/** A bill takes no more of a line than it has, and a line that was billed does not shrink below. */
export async function requireWithinOrder(tx: PoolClient, order: string): Promise<void> {
  const { rows } = await tx.query<{ seq: number; what: string }>(
    `select seq, case when quantityleft * sign(quantity) < 0 or (quantity = 0 and quantityleft <> 0) then 'quantity' else 'amount' end as what
     from openline where transaction = $1 and quantityleft <> quantity
       and (quantityleft * sign(quantity) < 0 or (quantity = 0 and quantityleft <> 0) or amountleft * sign(amount) < 0 or (amount = 0 and amountleft <> 0))
     order by seq limit 1`,
    [order],
  );
  if (rows[0])
    throw userError(
      `The ${rows[0].what} of line ${rows[0].seq} of the sales order may not be less than what is billed.`,
    );
}

/** Takes an invoice's links away, as its deletion and its voiding do: what it billed is to be billed again. */
export async function releaseOrders(tx: PoolClient, invoice: string, now: Date): Promise<void> {
  const before = await lockOrders(tx, invoice);
  await tx.query('delete from orderlink where nextdoc = $1', [invoice]);
  await tx.query('update transaction set lastmodifieddate = $2 where id = any($1::bigint[])', [
    [...before.keys()],
    now,
  ]);
}

/** Links the lines of an invoice, by their keys, to the order lines that they bill. */
export async function linkLines(
  tx: PoolClient,
  order: string,
  invoice: string,
  lines: readonly { readonly orderLine: string; readonly line: string }[],
): Promise<void> {
  await tx.query(
    `insert into orderlink (previousdoc, previousline, nextdoc, nextline, quantity, foreignamount)
     select $1, w."orderLine", $2, w.line, l.quantity, l.amount from jsonb_to_recordset($3::jsonb) as w("orderLine" int, line int)
     join transactionline l on l.transaction = $2 and l.line = w.line`,
    [order, invoice, JSON.stringify(lines)],
  );
}

const approvals = new Set(['A', 'B', 'C']);

/** The status that a caller gives an order: A pending approval, B approved, C cancelled. */
export function requireOrderStatus(status: string | null | undefined): void {
  if (status !== undefined && status !== null && !approvals.has(status))
    throw userError(`Invalid Field Value ${status} for the following field: orderStatus`);
}

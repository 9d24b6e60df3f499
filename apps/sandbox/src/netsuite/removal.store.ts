import type { PoolClient } from 'pg';
import { settleInvoices } from './application.store.ts';
import { releaseOrders } from './billing.store.ts';
import { requireOpenPeriod } from './period.store.ts';
import { userError } from './problem.ts';
import type { RecordType } from './record-types.ts';

/** Deletes for good; all that is left is a row of DeletedRecord. What other records come from stays. */
export async function deleteRecord(tx: PoolClient, type: RecordType, id: string, now: Date): Promise<void> {
  if (type.transactionType) {
    const { rows } = await tx.query('select 1 from transaction where createdfrom = $1 limit 1', [id]);
    if (rows.length > 0) throw linked('deleted');
    await unapply(tx, id, now, 'deleted');
  }
  const name = type.transactionType
    ? 'tranid'
    : type.table === 'customer'
      ? 'entityid'
      : type.table === 'item'
        ? 'itemid'
        : 'name';
  await tx.query(
    `insert into deletedrecord (recordid, recordtypeid, type, name, deleteddate)
     select id, $2, $3, ${name}, $4 from ${type.table} where id = $1`,
    [id, type.name.toLowerCase(), type.name, now],
  );
  await tx.query(`delete from ${type.table} where id = $1`, [id]);
}

/** Voids by zeroing: the document stays; its amounts, its applications and what it billed of orders go. Orders are closed instead. */
export async function voidTransaction(tx: PoolClient, id: string, now: Date): Promise<void> {
  const orders = await tx.query(`select 1 from transaction where id = $1 and type = 'SalesOrd'`, [id]);
  if (orders.rows.length > 0) throw userError('A sales order cannot be voided. Close or cancel it.');
  await unapply(tx, id, now, 'voided');
  await tx.query('update transactionline set amount = 0, tax = 0, rate = 0 where transaction = $1', [id]);
  await tx.query(
    `update transaction set voided = true, payment = case when type = 'CustPymt' then 0 end, taxtotal = 0, foreigntotal = 0,
       applied = 0, lastmodifieddate = $2 where id = $1`,
    [id, now],
  );
}

/**
 * Voids by a reversing journal, which is another document of its own period: the payment or refund keeps its amount and stays in
 * its period, closed or not; what it settled opens.
 */
export async function reverseByJournal(tx: PoolClient, id: string, now: Date): Promise<void> {
  const sql = `update transaction set voided = true, lastmodifieddate = $2 where id = $1 and type in ('CustPymt', 'CustRfnd')`;
  if ((await tx.query(sql, [id, now])).rowCount === 0)
    throw userError('Only payments and refunds are voided by a reversing journal.');
  await release(tx, id, now, 'voided');
  await tx.query('update transaction set applied = 0 where id = $1', [id]);
}

async function unapply(tx: PoolClient, id: string, now: Date, verb: string): Promise<void> {
  await requireOpenPeriod(tx, id);
  await release(tx, id, now, verb);
}

/** What a document settled or billed opens; one that others settle stays. */
async function release(tx: PoolClient, id: string, now: Date, verb: string): Promise<void> {
  const { rows: paid } = await tx.query('select 1 from transactionlink where previousdoc = $1 limit 1', [id]);
  if (paid.length > 0) throw linked(verb);
  const sql = 'select previousdoc as id from transactionlink where nextdoc = $1 order by 1';
  const ids = (await tx.query<{ id: string }>(sql, [id])).rows.map((row) => row.id);
  await tx.query('select id from transaction where id = any($1::bigint[]) order by id for update', [ids]);
  await tx.query('delete from transactionlink where nextdoc = $1', [id]);
  await settleInvoices(tx, ids, now);
  await releaseOrders(tx, id, now);
}

function linked(verb: string): Error {
  return userError(`This transaction cannot be ${verb} because it is linked to by one or more transactions.`);
}

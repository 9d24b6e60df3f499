import type { PoolClient } from 'pg';
import { userError } from './problem.ts';

/** The vendor's words for a date that its period does not take. */
const outside = 'The transaction date you specified is not within the date range of your accounting period.';

/**
 * The posting period of a document: that of its date, or one that is named. Dates outside the period are not allowed (the
 * account's preference), and periods that are closed or locked for receivables take nothing. `date` null is today.
 */
export async function postingPeriod(
  tx: PoolClient,
  { date, period }: { readonly date: string | null; readonly period: string | null },
  now: Date,
): Promise<string> {
  const look = async (): Promise<{ id: string; fits: boolean } | undefined> =>
    (await tx.query<{ id: string; fits: boolean }>(fitting, [date, period, now])).rows[0];
  const found = (await look()) ?? (await openYear(tx, date, now), await look());
  if (!found?.fits) throw userError(outside);
  return found.id;
}

const fitting = `
select p.id, w.day between p.startdate and p.enddate and not (p.isyear or p.isquarter or p.closed or p.alllocked or p.arlocked) as fits
from (select coalesce($1::date, ($3::timestamptz)::date) as day) w
join accountingperiod p on case when $2::bigint is not null then p.id = $2::bigint
  else p.startdate = date_trunc('month', w.day)::date and not (p.isyear or p.isquarter or p.isadjust) end`;

/** An administrator sets a year up before anybody books into it; here that happens when somebody does. */
async function openYear(tx: PoolClient, date: string | null, now: Date): Promise<void> {
  const sql = 'select ns_period_of(coalesce($1::date, ($2::timestamptz)::date), $2)';
  await tx.query(sql, [date, now]);
}

/** What was posted into a period that was closed or locked since stays as it is. The vendor's words are not established. */
export async function requireOpenPeriod(tx: PoolClient, id: string): Promise<void> {
  const { rows } = await tx.query(
    `select 1 from transaction t join accountingperiod p on p.id = t.postingperiod
     where t.id = $1 and (p.closed or p.alllocked or p.arlocked)`,
    [id],
  );
  if (rows.length > 0)
    throw userError('You cannot change or delete this transaction because its accounting period is closed.');
}

/** Moves a document to the period of its new date, or to the one that is named. */
export async function movedPeriod(
  tx: PoolClient,
  id: string,
  change: { readonly date: string | undefined; readonly period: string | undefined },
  now: Date,
): Promise<string | null> {
  await requireOpenPeriod(tx, id);
  if (change.date === undefined && change.period === undefined) return null;
  const { rows } = await tx.query<{ type: string; date: string }>(
    `select type, to_char(trandate, 'YYYY-MM-DD') as date from transaction where id = $1`,
    [id],
  );
  if (rows[0]?.type === 'SalesOrd') return null;
  return postingPeriod(tx, { date: change.date ?? rows[0]!.date, period: change.period ?? null }, now);
}

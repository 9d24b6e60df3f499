import { Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { invalidContent, notFound } from './problem.ts';

const periodChange = z.strictObject({
  closed: z.boolean().optional(),
  alllocked: z.boolean().optional(),
  arlocked: z.boolean().optional(),
  aplocked: z.boolean().optional(),
});
const rate = z.strictObject({
  /** Symbols. */
  base: z.string(),
  currency: z.string(),
  date: z.iso.date(),
  /** Units of the base currency for one of the other. */
  rate: z.string().regex(/^\d{1,12}(\.\d{1,12})?$/),
});

/** Not NetSuite's interfaces: what controllers and administrators do in its pages. */
export function deedsRouter({ pool, now }: { readonly pool: Pool; readonly now: () => Date }): Router {
  const router = Router();
  // Closes, locks or opens the period of a month, YYYY-MM.
  router.patch('/periods/:month', async (request, response) => {
    const change = periodChange.parse(request.body);
    const columns = Object.entries(change);
    const month = request.params.month;
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || columns.length === 0) throw notFound();
    const sets = columns.map(([name], n) => `${name} = $${n + 3}`).join(', ');
    const closing = change.closed === undefined ? '' : `, closedondate = ${change.closed ? '$2' : 'null'}`;
    const period = `select ns_period_of(($1 || '-01')::date, $2) as id`;
    const { rows } = await pool.query<{ id: string }>(period, [month, now()]);
    await pool.query(`update accountingperiod set ${sets}${closing}, lastmodifieddate = $2 where id = $1`, [
      ...[rows[0]!.id, now()],
      ...columns.map(([, value]) => value),
    ]);
    response.status(204).end();
  });
  router.put('/exchange-rates', async (request, response) => {
    const given = rate.parse(request.body);
    const { rowCount } = await pool.query(
      `insert into currencyrate (basecurrency, transactioncurrency, effectivedate, exchangerate, lastmodifieddate)
       select b.id, t.id, $3, $4, $5 from currency b join currency t on t.symbol = $2 where b.symbol = $1
       on conflict (basecurrency, transactioncurrency, effectivedate)
         do update set exchangerate = excluded.exchangerate, lastmodifieddate = excluded.lastmodifieddate`,
      [given.base, given.currency, given.date, given.rate, now()],
    );
    if (rowCount === 0) throw notFound();
    response.status(204).end();
  });
  // Which subsidiaries may use a department or class: all of them unless some are named.
  router.put('/:table/:id/subsidiaries', async (request, response) => {
    const { table, id } = request.params;
    const ids = z.array(z.string().regex(/^\d+$/)).parse(request.body);
    if (table !== 'department' && table !== 'classification') throw notFound();
    await pool.query(`delete from ${table}subsidiary where ${table} = $1`, [id]);
    await pool.query(`insert into ${table}subsidiary select $1, unnest($2::bigint[])`, [id, ids]);
    response.status(204).end();
  });
  router.use((error: unknown, _request: unknown, _response: unknown, next: (error: unknown) => void) => {
    next(error instanceof z.ZodError ? invalidContent(z.prettifyError(error)) : error);
  });
  return router;
}

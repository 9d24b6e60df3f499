import express, { Router } from 'express';
import type { Pool } from 'pg';
import { z } from 'zod';
import { inTransaction } from './database.store.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import type { FaultList } from './faults.ts';
import type { Load } from './gate.controller.ts';
import { invalidContent, notFound } from './problem.ts';
import { recordType } from './record-types.ts';
import { deleteRecord, reverseByJournal, voidTransaction } from './removal.store.ts';

const faultShape = z.strictObject({
  kind: z.enum(['cut-before', 'cut-after', 'slow', 'error']),
  count: z.int().min(1).max(10_000),
  method: z.string().max(10).optional(),
  path: z.string().max(500).optional(),
  status: z.int().min(400).max(599).optional(),
  delayMs: z.int().min(0).max(300_000).optional(),
});

const silentChange = z.strictObject({
  trandate: z.iso.date().optional(),
  duedate: z.iso.date().nullable().optional(),
  memo: z.string().max(4000).nullable().optional(),
  /** As if the record had last been touched then: a stamp of a moment ago is read again by whoever looks back a while. */
  lastmodifieddate: z.iso.datetime().optional(),
});

/** How many calls the account serves at once, and what becomes of more. */
const loadSettings = z.strictObject({
  limit: z.int().min(1).max(1000).optional(),
  overload: z.enum(['refuse', 'slow-401']).optional(),
  overloadDelayMs: z.int().min(0).max(300_000).optional(),
  jobDelayMs: z.int().min(0).max(300_000).optional(),
});

interface Admin {
  readonly pool: Pool;
  readonly faults: FaultList;
  readonly load: Load;
  readonly tokens: BearerTokens;
  readonly now: () => Date;
}

/** Not NetSuite: what a person does in its user interface, and the failures a test asks for. */
export function adminRouter({ pool, faults, load, tokens, now }: Admin): Router {
  const router = Router();
  router.use(express.json({ limit: '10kb' }));
  router.post('/faults', (request, response) => {
    const fault = faultShape.safeParse(request.body);
    if (!fault.success) throw invalidContent(z.prettifyError(fault.error));
    faults.add(fault.data as Parameters<FaultList['add']>[0]);
    response.status(204).end();
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  router.post('/load', (request, response) => {
    const settings = loadSettings.safeParse(request.body);
    if (!settings.success) throw invalidContent(z.prettifyError(settings.error));
    Object.assign(load, settings.data);
    response.status(204).end();
  });
  router.post('/tokens/revoke', (_request, response) => {
    tokens.revokeAll();
    response.status(204).end();
  });
  router.post('/void/:id', async (request, response) => {
    const id = request.params.id;
    await inTransaction(pool, async (tx) => {
      const sql = 'select id from transaction where id::text = $1 and not voided for no key update';
      if ((await tx.query(sql, [id])).rowCount === 0) throw notFound();
      const doVoid = request.query['by'] === 'journal' ? reverseByJournal : voidTransaction;
      await doVoid(tx, id, new Date(Math.floor(now().getTime() / 1000) * 1000));
    });
    response.status(204).end();
  });
  router.patch('/records/:type/:id', async (request, response) => {
    const type = recordType(request.params.type);
    const change = silentChange.safeParse(request.body);
    if (!change.success) throw invalidContent(z.prettifyError(change.error));
    const columns = Object.entries({ trandate: change.data.trandate, ...change.data }).filter(
      ([, v]) => v !== undefined,
    );
    if (!type?.transactionType || columns.length === 0) throw notFound();
    const sets = columns.map(([name], n) => `${name} = $${n + 3}`).join(', ');
    // A new date takes the document to its period, as it does when a person saves it.
    const period =
      change.data.trandate === undefined
        ? ''
        : `, postingperiod = case when type <> 'SalesOrd' then ns_period_of($3::date, now()) end`;
    const sql = `update transaction set ${sets}${period} where id::text = $1 and type = $2`;
    const values = columns.map(([, value]) => value);
    const { rowCount } = await pool.query(sql, [request.params.id, type.transactionType, ...values]);
    if (rowCount === 0) throw notFound();
    response.status(204).end();
  });
  router.delete('/records/:type/:id', async (request, response) => {
    const type = recordType(request.params.type);
    const id = request.params.id;
    if (!type || !/^\d{1,18}$/.test(id)) throw notFound();
    await inTransaction(pool, (tx) => deleteRecord(tx, type, id, new Date(Math.floor(now().getTime() / 1000) * 1000)));
    response.status(204).end();
  });
  return router;
}

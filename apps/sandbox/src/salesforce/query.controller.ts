import { randomBytes } from 'node:crypto';
import { Router, type Response } from 'express';
import type { Pool } from 'pg';
import { accountJson } from './account-json.ts';
import { runQuery, type Row } from './account.store.ts';
import { SalesforceFault } from './errors.ts';
import { compileSoql } from './soql-sql.ts';
import { parseSoql } from './soql.ts';

/** The rows of a query as they were when it ran; later pages are cut from it. */
interface Cursor {
  readonly rows: readonly Row[];
  readonly fields: readonly string[];
  readonly batchSize: number;
}

const MAX_CURSORS = 20;

/** query, queryAll and the further pages of either. `base` is /services/data/vXX.0. */
export function queryRouter(pool: Pool, base: string): Router {
  const router = Router();
  const cursors = new Map<string, Cursor>();
  const first =
    (includeDeleted: boolean) => async (request: { query: object; headers: object }, response: Response) => {
      const soql = (request.query as { q?: unknown }).q;
      if (typeof soql !== 'string')
        throw new SalesforceFault(400, 'MALFORMED_QUERY', 'A query string has to be specified');
      const query = compileSoql(parseSoql(soql), { includeDeleted });
      const rows = await runQuery(pool, query);
      if (query.fields.length === 0)
        return void response.json({ totalSize: rows[0]!['total'], done: true, records: [] });
      const cursor = { rows, fields: query.fields, batchSize: batchSize(request.headers) };
      response.json(page(cursor, remember(cursors, cursor), 0, base));
    };
  router.get('/query', first(false));
  router.get('/queryAll', first(true));
  router.get(['/query/:locator', '/queryAll/:locator'], (request, response) => {
    const [id, offset] = String(request.params['locator']).split('-');
    const cursor = cursors.get(id!);
    if (cursor === undefined || !/^\d+$/.test(offset ?? ''))
      throw new SalesforceFault(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    response.json(page(cursor, id!, Number(offset), base));
  });
  return router;
}

/** `Sforce-Query-Options: batchSize=n`, 200 to 2,000; the vendor corrects a value outside without a word. */
function batchSize(headers: object): number {
  const option = (headers as Record<string, unknown>)['sforce-query-options'];
  const asked = /batchSize=(\d+)/i.exec(String(option ?? ''))?.[1];
  return asked === undefined ? 2000 : Math.min(2000, Math.max(200, Number(asked)));
}

function remember(cursors: Map<string, Cursor>, cursor: Cursor): string {
  const id = `01g5g${randomBytes(5).toString('hex')}`;
  if (cursor.rows.length > cursor.batchSize) cursors.set(id, cursor);
  for (const oldest of cursors.keys()) {
    if (cursors.size <= MAX_CURSORS) break;
    cursors.delete(oldest);
  }
  return id;
}

function page({ rows, fields, batchSize }: Cursor, id: string, offset: number, base: string): object {
  const end = offset + batchSize;
  const done = end >= rows.length;
  const records = rows.slice(offset, end).map((row) => accountJson(row, fields, base));
  return { totalSize: rows.length, done, ...(done ? {} : { nextRecordsUrl: `${base}/query/${id}-${end}` }), records };
}

import { randomBytes } from 'node:crypto';
import { Router, type Response } from 'express';
import type { Pool } from 'pg';
import type { Catalog } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import { recordJson, wireValue, type Row } from './record-json.ts';
import { checkGroups, compileSoql, type CompiledQuery } from './soql-sql.ts';
import { parseSoql } from './soql.ts';

/** The rows of a query as they were when it ran; later pages are cut from it. */
interface Cursor {
  readonly rows: readonly Row[];
  readonly query: CompiledQuery;
  readonly batchSize: number;
}

const MAX_CURSORS = 20;

export interface QueryOptions {
  readonly pool: Pool;
  readonly catalog: Catalog;
  /** /services/data/vXX.0 */
  readonly base: string;
}

/** query, queryAll and the further pages of either. */
export function queryRouter({ pool, catalog, base }: QueryOptions): Router {
  const router = Router();
  const cursors = new Map<string, Cursor>();
  const first =
    (includeDeleted: boolean) => async (request: { query: object; headers: object }, response: Response) => {
      const soql = (request.query as { q?: unknown }).q;
      if (typeof soql !== 'string')
        throw new SalesforceFault(400, 'MALFORMED_QUERY', 'A query string has to be specified');
      const query = compileSoql(parseSoql(soql), { catalog, includeDeleted });
      const { rows } = await pool.query<Row>(query.text, [...query.parameters]);
      if (query.shape === 'count') return void response.json({ totalSize: rows[0]!['total'], done: true, records: [] });
      if (query.shape === 'aggregate') checkGroups(rows.length);
      const cursor = { rows, query, batchSize: batchSize(request.headers) };
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

function page({ rows, query, batchSize }: Cursor, id: string, offset: number, base: string): object {
  const end = offset + batchSize;
  const done = end >= rows.length;
  const records = rows.slice(offset, end).map((row) => resultJson(query, row, base));
  return { totalSize: rows.length, done, ...(done ? {} : { nextRecordsUrl: `${base}/query/${id}-${end}` }), records };
}

function resultJson({ object, shape, columns }: CompiledQuery, row: Row, base: string): object {
  if (shape === 'records')
    return recordJson(
      object,
      row,
      columns.map(({ name }) => name),
      base,
    );
  const values = columns.map(({ name, column, kind }) => [name, wireValue(kind, row[column])] as const);
  return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries(values) };
}

import express, { type Router } from 'express';
import type { Context } from './context.ts';
import { ApiError } from './envelope.ts';
import { type Fault, FAULTS } from './faults.ts';
import { LINE_ITEMS } from './model.ts';
import { readDimensions, writeCells } from './model.store.ts';
import { bodyObject } from './request-body.ts';
import { isNumber } from './rows.ts';

/**
 * What no vendor offers: planting a difference and ordering a fault, for tests and demonstrations.
 * `PUT /sandbox/cell {legalEntity, currency, month, lineItem, value}` sets one value behind everybody's back,
 * `DELETE /sandbox/cell` with the same fields (without value) drops it; `POST /sandbox/faults {fault, times}`.
 */
export function backdoorRouter(context: Context): Router {
  const router = express.Router();
  router.use(express.text({ type: '*/*', limit: '64kb' }));
  router.put('/cell', async (request, response) => {
    const body = bodyObject(request.body);
    const value = String(body['value']);
    const place = await resolve(context, body);
    if (!isNumber(value, 10)) throw new ApiError(400, 'value must be a decimal');
    await writeCells(context.pool, [{ ...place, value }]);
    response.status(204).end();
  });
  router.delete('/cell', async (request, response) => {
    const place = await resolve(context, bodyObject(request.body));
    const dropped = await context.pool.query(
      'delete from cell where (legal_entity, currency, period, line_item) = ($1, $2, $3, $4)',
      [place.legalEntity, place.currency, place.period, place.lineItem],
    );
    response.json({ dropped: dropped.rowCount });
  });
  router.post('/faults', (request, response) => {
    const body = bodyObject(request.body);
    if (!FAULTS.includes(body['fault'] as Fault)) throw new ApiError(400, `fault is one of ${FAULTS.join(', ')}`);
    context.faults.order(body['fault'] as Fault, Number(body['times'] ?? 1));
    response.status(204).end();
  });
  return router;
}

async function resolve(
  context: Context,
  body: Record<string, unknown>,
): Promise<Record<'legalEntity' | 'currency' | 'period' | 'lineItem', string>> {
  const dimensions = await readDimensions(context.pool);
  const legalEntity = dimensions.legalEntities.get(String(body['legalEntity']));
  const currency = dimensions.currencies.get(String(body['currency']));
  const period = dimensions.months.get(String(body['month']));
  const lineItem = LINE_ITEMS.find((item) => item.name === body['lineItem'])?.id;
  if (!legalEntity || !currency || !period || !lineItem) throw new ApiError(404, 'No such cell');
  return { legalEntity, currency, period, lineItem };
}

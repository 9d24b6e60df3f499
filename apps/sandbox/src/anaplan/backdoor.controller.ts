import express, { type Request, type Response, type Router } from 'express';
import type { Context } from './context.ts';
import { ApiError, notFound } from './envelope.ts';
import { type Fault, FAULTS } from './faults.ts';
import { MODULES } from './model.ts';
import {
  addVersion,
  type CellPlace,
  deleteVersion,
  dropCell,
  readDimensions,
  renameVersion,
  writeCells,
} from './model.store.ts';
import { bodyObject } from './request-body.ts';
import { isNumber } from './rows.ts';

/**
 * What no vendor offers: planting a difference and ordering a fault, for tests and demonstrations.
 * `PUT /sandbox/cell {version, legalEntity, currency, month, lineItem, value}` sets one value behind everybody's back,
 * `DELETE /sandbox/cell` with the same fields (without value) drops it; only a line item that has versions takes `version`.
 * `POST /sandbox/faults {fault, times}`. `POST /sandbox/versions {name}`, `PUT` and `DELETE /sandbox/versions/{id}` stand for
 * the person who adds, renames or deletes a version in the model's settings.
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
    response.json({ dropped: await dropCell(context.pool, place) });
  });
  router.post('/faults', (request, response) => {
    const body = bodyObject(request.body);
    if (!FAULTS.includes(body['fault'] as Fault)) throw new ApiError(400, `fault is one of ${FAULTS.join(', ')}`);
    context.faults.order(body['fault'] as Fault, Number(body['times'] ?? 1));
    response.status(204).end();
  });
  router.post('/versions', async (request, response) => {
    const id = await addVersion(context.pool, versionName(request));
    if (id === null) throw new ApiError(400, 'The name is taken');
    response.status(201).json({ id });
  });
  router.put('/versions/:id', async (request, response) =>
    done(response, await renameVersion(context.pool, request.params.id, versionName(request))),
  );
  router.delete('/versions/:id', async (request, response) =>
    done(response, await deleteVersion(context.pool, request.params.id)),
  );
  return router;
}

function done(response: Response, found: boolean): void {
  if (!found) throw notFound();
  response.status(204).end();
}

function versionName(request: Request): string {
  const { name } = bodyObject(request.body);
  if (typeof name !== 'string' || name === '') throw new ApiError(400, 'name is required');
  return name;
}

async function resolve(context: Context, body: Record<string, unknown>): Promise<CellPlace> {
  const dimensions = await readDimensions(context.pool);
  const module = MODULES.find(({ lineItems }) => lineItems.some(({ name }) => name === body['lineItem']));
  const lineItem = module?.lineItems.find(({ name }) => name === body['lineItem'])?.id;
  const legalEntity = dimensions.legalEntities.get(String(body['legalEntity']));
  const currency = dimensions.currencies.get(String(body['currency']));
  const period = dimensions.months.get(String(body['month']));
  const version = module?.versioned ? dimensions.versions.get(String(body['version'])) : null;
  if (!legalEntity || !currency || !period || !lineItem || version === undefined)
    throw new ApiError(404, 'No such cell');
  return { version, legalEntity, currency, period, lineItem };
}

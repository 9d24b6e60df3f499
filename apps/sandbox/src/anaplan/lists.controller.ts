import express, { type Request, type Router } from 'express';
import type { Context } from './context.ts';
import { ApiError, notFound, objectBody, pageBody, pageRequest } from './envelope.ts';
import { LISTS } from './model.ts';
import { addItems, deleteItems, readItems, renameItems } from './model.store.ts';
import { bodyArray, bodyObject } from './request-body.ts';
import type { ItemRow } from './rows.ts';

const MAX_ITEMS = 100_000;

/** List items: read, add, delete, rename. */
export function listsRouter(context: Context): Router {
  const router = express.Router({ mergeParams: true });
  router.get('/lists/:listId/items', async (request, response) => {
    const items = await readItems(context.pool, listId(request));
    const all = request.query['includeAll'] === 'true' ? { properties: {}, subsets: {} } : {};
    const listItems = items.map(({ id, code, name }) => ({ id, name, code, ...all }));
    const path = request.originalUrl.split('?')[0] ?? '';
    response.json(pageBody(context.baseUrl(), 'listItems', listItems, pageRequest(path, request.query)));
  });
  router.post('/lists/:listId/items', async (request, response) => {
    const rows = itemRows(request);
    if (request.query['action'] === 'delete') {
      const deleted = await deleteItems(
        context.pool,
        listId(request),
        rows.map((row) => row.code),
      );
      return void response.json(objectBody(context.baseUrl(), 'listItem', { deleted, total: rows.length }));
    }
    if (request.query['action'] !== 'add') throw new ApiError(400, 'Unknown action');
    const refused = await addItems(context.pool, listId(request), rows);
    const failures = refused.map((requestIndex) => ({
      requestIndex,
      failureType: 'INCORRECT_FORMAT',
      failureMessageDetails: `Name or code exists: ${rows[requestIndex]?.code ?? ''}`,
    }));
    const counts = { added: rows.length - refused.length, ignored: refused.length, total: rows.length };
    response.json(objectBody(context.baseUrl(), 'listItem', failures.length > 0 ? { ...counts, failures } : counts));
  });
  router.put('/lists/:listId/items', async (request, response) => {
    const rows = itemRows(request);
    const updated = await renameItems(context.pool, listId(request), rows);
    const counts = { updated, ignored: rows.length - updated, total: rows.length };
    response.json(objectBody(context.baseUrl(), 'listItem', counts));
  });
  return router;
}

function listId(request: Request): string {
  const id = String(request.params['listId']);
  if (!LISTS.some((list) => list.id === id)) throw notFound();
  return id;
}

function itemRows(request: Request): ItemRow[] {
  return bodyArray(bodyObject(request.body)['items'], MAX_ITEMS).map((item) => {
    const code = String(item['code'] ?? item['id'] ?? item['name'] ?? '');
    return { code, name: String(item['name'] ?? code) };
  });
}

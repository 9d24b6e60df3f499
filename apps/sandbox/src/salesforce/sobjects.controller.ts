import { Router, type Request } from 'express';
import type { Pool } from 'pg';
import { ACCOUNT_FIELDS, checkWrite, fieldName } from './account-fields.ts';
import { accountJson } from './account-json.ts';
import {
  deleteAccount,
  findByExternalId,
  insertAccount,
  readAccount,
  transaction,
  updateAccount,
} from './account.store.ts';
import { SalesforceFault } from './errors.ts';
import { normaliseId } from './record-id.ts';
import { AmbiguousExternalId, externalIdField, upsertAccount } from './write.ts';

/** Create, read, update, delete and upsert of one Account. */
export function sobjectsRouter(pool: Pool, base: string, now: () => Date): Router {
  const router = Router();
  router.param('type', (_request, _response, next, type: string) => {
    if (type.toLowerCase() !== 'account')
      throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
    next();
  });
  router.post('/sobjects/:type', async (request, response) => {
    const id = await insertAccount(pool, checkWrite(request.body, 'create'), now());
    response.status(201).location(`${base}/sobjects/Account/${id}`).json({ id, success: true, errors: [] });
  });
  router.get('/sobjects/:type/:id', async (request, response) => {
    response.json(accountJson(await readAccount(pool, recordId(request)), wantedFields(request), base));
  });
  router.patch('/sobjects/:type/:id', async (request, response) => {
    await updateAccount(pool, recordId(request), checkWrite(request.body, 'update'), now());
    response.status(204).end();
  });
  router.delete('/sobjects/:type/:id', async (request, response) => {
    await deleteAccount(pool, recordId(request), now());
    response.status(204).end();
  });
  router.get('/sobjects/:type/:field/:value', async (request, response) => {
    const ids = await findByExternalId(pool, externalIdField(request.params.field), request.params.value, false);
    if (ids.length > 1) return void response.status(300).json(ids.map((id) => `${base}/sobjects/Account/${id}`));
    if (ids[0] === undefined) throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
    response.json(accountJson(await readAccount(pool, ids[0]), wantedFields(request), base));
  });
  router.patch('/sobjects/:type/:field/:value', async (request, response) => {
    const key = {
      field: externalIdField(request.params.field),
      value: request.params.value,
      updateOnly: request.query['updateOnly'] === 'true',
    };
    try {
      const result = await transaction(pool, (tx) => upsertAccount(tx, key, request.body, now()));
      response
        .status(result.created ? 201 : 200)
        .json({ id: result.id, success: true, errors: [], created: result.created });
    } catch (error) {
      if (!(error instanceof AmbiguousExternalId)) throw error;
      response.status(300).json(error.ids.map((id) => `${base}/sobjects/Account/${id}`));
    }
  });
  return router;
}

function recordId(request: Request): string {
  const id = normaliseId(String(request.params['id']));
  if (id === undefined)
    throw new SalesforceFault(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible');
  return id;
}

function wantedFields(request: Request): string[] {
  const asked = request.query['fields'];
  if (typeof asked !== 'string') return Object.keys(ACCOUNT_FIELDS);
  return asked.split(',').map((written) => {
    const name = fieldName(written.trim());
    if (name === undefined)
      throw new SalesforceFault(400, 'INVALID_FIELD', `No such column '${written}' on sobject of type Account`);
    return name;
  });
}

import { Router, type Request } from 'express';
import type { Pool } from 'pg';
import { externalIdField, fieldName, type Catalog } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import type { SObject } from './objects/field.ts';
import { checkWrite } from './record-body.ts';
import { normaliseId } from './record-id.ts';
import { recordJson } from './record-json.ts';
import {
  deleteRecord,
  findByExternalId,
  insertRecord,
  readRecord,
  updateRecord,
  upsertRecord,
} from './record.store.ts';
import { AmbiguousExternalId, type Transact, type Write } from './write.ts';

export interface SObjectsOptions {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly transact: Transact;
  /** The changeOrigin of what this request writes. */
  readonly origin: (request: Request) => string;
  /** /services/data/vXX.0 */
  readonly base: string;
}

/** Create, read, update, delete and upsert of one record. */
export function sobjectsRouter(options: SObjectsOptions): Router {
  const router = Router();
  const { pool, base } = options;
  const objectOf = objectParameter(options.catalog);
  const write = <T>(request: Request, work: (write: Write) => Promise<T>): Promise<T> =>
    options.transact(options.origin(request), work);
  router.post('/sobjects/:type', async (request, response) => {
    const object = objectOf(request);
    const values = checkWrite(object, request.body, 'create');
    const id = await write(request, (transaction) => insertRecord(transaction, object, values));
    response.status(201).location(`${base}/sobjects/${object.name}/${id}`).json({ id, success: true, errors: [] });
  });
  router.get('/sobjects/:type/:id', async (request, response) => {
    const object = objectOf(request);
    response.json(
      recordJson(object, await readRecord(pool, object, recordIdOf(request)), wantedFields(object, request), base),
    );
  });
  router.patch('/sobjects/:type/:id', async (request, response) => {
    const object = objectOf(request);
    const values = checkWrite(object, request.body, 'update');
    await write(request, (transaction) => updateRecord(transaction, object, recordIdOf(request), values));
    response.status(204).end();
  });
  router.delete('/sobjects/:type/:id', async (request, response) => {
    const object = objectOf(request);
    await write(request, (transaction) => deleteRecord(transaction, object, recordIdOf(request)));
    response.status(204).end();
  });
  externalIdRoutes(router, options, objectOf);
  return router;
}

function externalIdRoutes(
  router: Router,
  { pool, transact, origin, base }: SObjectsOptions,
  objectOf: (request: Request) => SObject,
): void {
  const urls = (object: SObject, ids: readonly string[]): string[] =>
    ids.map((id) => `${base}/sobjects/${object.name}/${id}`);
  router.get('/sobjects/:type/:field/:value', async (request, response) => {
    const object = objectOf(request);
    const field = externalIdField(object, request.params.field);
    const ids = await findByExternalId(pool, object, field, request.params.value);
    if (ids.length > 1) return void response.status(300).json(urls(object, ids));
    if (ids[0] === undefined) throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
    response.json(recordJson(object, await readRecord(pool, object, ids[0]), wantedFields(object, request), base));
  });
  router.patch('/sobjects/:type/:field/:value', async (request, response) => {
    const object = objectOf(request);
    const key = {
      field: externalIdField(object, request.params.field),
      value: request.params.value,
      updateOnly: request.query['updateOnly'] === 'true',
    };
    try {
      const result = await transact(origin(request), (write) => upsertRecord(write, object, key, request.body));
      response
        .status(result.created ? 201 : 200)
        .json({ id: result.id, success: true, errors: [], created: result.created });
    } catch (error) {
      if (!(error instanceof AmbiguousExternalId)) throw error;
      response.status(300).json(urls(object, error.ids));
    }
  });
}

const objectParameter =
  (catalog: Catalog) =>
  (request: Request): SObject => {
    const object = catalog.find(String(request.params['type']));
    if (object === undefined) throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
    return object;
  };

function recordIdOf(request: Request): string {
  const id = normaliseId(String(request.params['id']));
  if (id === undefined)
    throw new SalesforceFault(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible');
  return id;
}

function wantedFields(object: SObject, request: Request): string[] {
  const asked = request.query['fields'];
  if (typeof asked !== 'string') return Object.keys(object.fields);
  return asked.split(',').map((written) => {
    const name = fieldName(object, written.trim());
    if (name === undefined)
      throw new SalesforceFault(400, 'INVALID_FIELD', `No such column '${written}' on sobject of type ${object.name}`);
    return name;
  });
}

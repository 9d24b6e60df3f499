import { Router, type Request } from 'express';
import { externalIdField, fieldName, objectNamed, type Catalog } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import type { SObject } from './objects/field.ts';
import { checkWrite, itemError } from './record-body.ts';
import { normaliseId } from './record-id.ts';
import { deleteRecord, insertRecord, updateRecord, upsertRecord } from './record.store.ts';
import { AmbiguousExternalId, type Transact, type Write } from './write.ts';

const MAX_RECORDS = 200;
type Item = Readonly<Record<string, unknown>>;
type Apply = (write: Write, object: SObject, item: Item) => Promise<object>;
class RollBack extends Error {}

export interface CompositeOptions {
  readonly catalog: Catalog;
  readonly transact: Transact;
  /** The changeOrigin of what this request writes. */
  readonly origin: (request: Request) => string;
}

/** sObject collections: HTTP 200 whatever happens inside, one result per record in the order sent. */
export function compositeRouter(options: CompositeOptions): Router {
  const router = Router();
  const { catalog } = options;
  const handle = async (request: Request, apply: Apply): Promise<object[]> => {
    const { allOrNone, records } = (request.body ?? {}) as { allOrNone?: unknown; records?: unknown };
    if (!Array.isArray(records)) throw new SalesforceFault(400, 'JSON_PARSER_ERROR', 'records: an array is required');
    return applyAll(options, request, records as Item[], { allOrNone: allOrNone === true, apply });
  };
  router.post('/composite/sobjects', async (request, response) => {
    response.json(
      await handle(request, async (write, object, item) => ({
        id: await insertRecord(write, object, checkWrite(object, item, 'create')),
      })),
    );
  });
  router.patch('/composite/sobjects', async (request, response) => {
    response.json(
      await handle(request, async (write, object, item) => {
        const id = itemId(item);
        await updateRecord(write, object, id, checkWrite(object, without(object, item, 'Id'), 'update'));
        return { id };
      }),
    );
  });
  router.patch('/composite/sobjects/:type/:field', async (request, response) => {
    const object = objectNamed(catalog, request.params.type);
    const field = externalIdField(object, request.params.field);
    response.json(
      await handle(request, (write, type, item) => {
        if (type !== object) throw wrongType(type.name);
        const value = Object.entries(item).find(([name]) => fieldName(object, name) === field)?.[1];
        const key = { field, value: typeof value === 'string' ? value : '', updateOnly: false };
        return upsertRecord(write, object, key, without(object, item, field));
      }),
    );
  });
  router.delete('/composite/sobjects', async (request, response) => {
    const records = String(request.query['ids'] ?? '')
      .split(',')
      .map((Id) => ({ attributes: { type: catalog.ofId(Id)?.name }, Id }));
    const apply: Apply = async (write, object, item) => {
      await deleteRecord(write, object, itemId(item));
      return { id: itemId(item) };
    };
    const allOrNone = request.query['allOrNone'] === 'true';
    response.json(await applyAll(options, request, records, { allOrNone, apply }));
  });
  return router;
}

function without(object: SObject, item: Item, dropped: string): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fieldName(object, name) !== dropped));
}

function itemId(item: Item): string {
  const id = normaliseId(String(item['Id'] ?? item['id'] ?? ''));
  if (id === undefined)
    throw new SalesforceFault(400, 'MISSING_ARGUMENT', 'Id not specified in an update call', ['Id']);
  return id;
}

interface Plan {
  readonly allOrNone: boolean;
  readonly apply: Apply;
}

async function applyAll(
  { catalog, transact, origin }: CompositeOptions,
  request: Request,
  records: readonly Item[],
  { allOrNone, apply }: Plan,
): Promise<object[]> {
  if (records.length > MAX_RECORDS)
    throw new SalesforceFault(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`,
    );
  const results: object[] = [];
  let failures = 0;
  try {
    await transact(origin(request), async (write) => {
      for (const item of records) {
        const result = await applyOne(write, catalog, item, apply);
        if ('errors' in result && (result.errors as unknown[]).length > 0) failures++;
        results.push(result);
      }
      if (allOrNone && failures > 0) throw new RollBack();
    });
    return results;
  } catch (error) {
    if (!(error instanceof RollBack)) throw error;
    return results.map((result) => ('id' in result ? rolledBack() : result));
  }
}

const rolledBack = (): object => ({
  success: false,
  errors: [
    itemError({
      code: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
    }),
  ],
});

/** A savepoint per record, so that one refused record does not take the others along; its changes go with it. */
async function applyOne(write: Write, catalog: Catalog, item: Item, apply: Apply): Promise<object> {
  await write.tx.query('savepoint record');
  const before = write.changes.length;
  try {
    return { ...(await apply(write, typeOf(catalog, item), item)), success: true, errors: [] };
  } catch (error) {
    await write.tx.query('rollback to savepoint record');
    write.changes.length = before;
    const fault = error instanceof AmbiguousExternalId ? duplicate(error) : lockFault(error);
    if (fault instanceof SalesforceFault) return { success: false, errors: [itemError(fault.fault)] };
    throw error;
  }
}

function duplicate(error: AmbiguousExternalId): SalesforceFault {
  return new SalesforceFault(300, 'DUPLICATE_EXTERNAL_ID', error.message);
}

/** Two transactions that wait for each other's records: the vendor says so to one of them, and it may try again. */
export function lockFault(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code !== '40P01') return error;
  return new SalesforceFault(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record');
}

function typeOf(catalog: Catalog, item: Item): SObject {
  const type = (item?.['attributes'] as { type?: unknown } | undefined)?.type;
  const object = typeof type === 'string' ? catalog.find(type) : undefined;
  if (object === undefined) throw wrongType(typeof type === 'string' ? type : 'undefined');
  return object;
}

function wrongType(type: string): SalesforceFault {
  return new SalesforceFault(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`);
}

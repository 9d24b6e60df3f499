import { Router } from 'express';
import type { Pool, PoolClient } from 'pg';
import { checkWrite, fieldName, itemError } from './account-fields.ts';
import { deleteAccount, insertAccount, transaction, updateAccount } from './account.store.ts';
import { SalesforceFault } from './errors.ts';
import { normaliseId } from './record-id.ts';
import { AmbiguousExternalId, externalIdField, upsertAccount } from './write.ts';

const MAX_RECORDS = 200;
type Item = Readonly<Record<string, unknown>>;
type Write = (tx: PoolClient, item: Item) => Promise<object>;
class RollBack extends Error {}

/** sObject collections: HTTP 200 whatever happens inside, one result per record in the order sent. */
export function compositeRouter(pool: Pool, now: () => Date): Router {
  const router = Router();
  const handle = async (body: unknown, write: Write): Promise<object[]> => {
    const { allOrNone, records } = (body ?? {}) as { allOrNone?: unknown; records?: unknown };
    if (!Array.isArray(records)) throw new SalesforceFault(400, 'JSON_PARSER_ERROR', 'records: an array is required');
    return applyAll(pool, records as Item[], allOrNone === true, write);
  };
  router.post('/composite/sobjects', async (request, response) => {
    response.json(
      await handle(request.body, async (tx, item) => ({
        id: await insertAccount(tx, checkWrite(item, 'create'), now()),
      })),
    );
  });
  router.patch('/composite/sobjects', async (request, response) => {
    response.json(
      await handle(request.body, async (tx, item) => {
        const id = itemId(item);
        await updateAccount(tx, id, checkWrite(without(item, 'Id'), 'update'), now());
        return { id };
      }),
    );
  });
  router.patch('/composite/sobjects/:type/:field', async (request, response) => {
    const field = externalIdField(request.params.field);
    response.json(
      await handle(request.body, (tx, item) => {
        const value = Object.entries(item).find(([name]) => fieldName(name) === field)?.[1];
        return upsertAccount(tx, { field, value: String(value ?? ''), updateOnly: false }, without(item, field), now());
      }),
    );
  });
  router.delete('/composite/sobjects', async (request, response) => {
    const ids = String(request.query['ids'] ?? '').split(',');
    const records = ids.map((Id) => ({ attributes: { type: 'Account' }, Id }));
    const allOrNone = request.query['allOrNone'] === 'true';
    response.json(
      await applyAll(pool, records, allOrNone, async (tx, item) => {
        await deleteAccount(tx, itemId(item), now());
        return { id: itemId(item) };
      }),
    );
  });
  return router;
}

function without(item: Item, dropped: string): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => fieldName(name) !== dropped));
}

function itemId(item: Item): string {
  const id = normaliseId(String(item['Id'] ?? item['id'] ?? ''));
  if (id === undefined)
    throw new SalesforceFault(400, 'MISSING_ARGUMENT', 'Id not specified in an update call', ['Id']);
  return id;
}

async function applyAll(pool: Pool, records: readonly Item[], allOrNone: boolean, write: Write): Promise<object[]> {
  if (records.length > MAX_RECORDS)
    throw new SalesforceFault(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`,
    );
  const results: object[] = [];
  let failures = 0;
  const work = async (tx: PoolClient): Promise<void> => {
    for (const item of records) {
      const result = await applyOne(tx, item, write);
      if ('errors' in result && (result.errors as unknown[]).length > 0) failures++;
      results.push(result);
    }
    if (allOrNone && failures > 0) throw new RollBack();
  };
  try {
    await transaction(pool, work);
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

/** A savepoint per record, so that one refused record does not take the others along. */
async function applyOne(tx: PoolClient, item: Item, write: Write): Promise<object> {
  await tx.query('savepoint record');
  try {
    checkType(item);
    return { ...(await write(tx, item)), success: true, errors: [] };
  } catch (error) {
    await tx.query('rollback to savepoint record');
    if (error instanceof SalesforceFault) return { success: false, errors: [itemError(error.fault)] };
    if (error instanceof AmbiguousExternalId)
      return { success: false, errors: [itemError({ code: 'DUPLICATE_EXTERNAL_ID', message: error.message })] };
    throw error;
  }
}

function checkType(item: Item): void {
  const type = (item?.['attributes'] as { type?: unknown } | undefined)?.type;
  if (String(type ?? '').toLowerCase() !== 'account')
    throw new SalesforceFault(400, 'INVALID_TYPE', `sObject type '${String(type)}' is not supported.`);
}

import type { Pool, PoolClient } from 'pg';
import { fieldName } from './catalog.ts';
import { SalesforceFault } from './errors.ts';
import type { Field, SObject, Values } from './objects/field.ts';
import { checkWrite } from './record-body.ts';
import { recordId, withChecksum } from './record-id.ts';
import type { Row } from './record-json.ts';
import { AmbiguousExternalId, type UpsertKey, type UpsertResult, type Write } from './write.ts';

type Queryable = Pool | PoolClient;

/** The running user, which owns every record created through the API. */
export const USER_ID = withChecksum('0055g0000000001');

/** Stamps have one-second resolution, as Salesforce's: two changes within a second cannot be told apart by them. */
const second = (now: Date): Date => new Date(Math.floor(now.getTime() / 1000) * 1000);

export async function insertRecord(write: Write, object: SObject, values: Values): Promise<string> {
  await checkReferences(write, object, values);
  const { rows } = await write.tx.query<{ n: string }>(`select nextval('${object.table}_number_seq') as n`);
  const n = rows[0]!.n;
  const id = recordId(object.prefix, BigInt(n));
  const owner = 'OwnerId' in object.fields ? { OwnerId: USER_ID } : {};
  const filled: Record<string, unknown> = { ...owner, ...autoNumbers(object, n), ...values, Id: id };
  for (const stamp of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']) filled[stamp] = second(write.now);
  const names = Object.keys(filled);
  const columns = names.map((name) => object.fields[name]!.column).join(', ');
  const placeholders = names.map((_, i) => `$${i + 1}`).join(', ');
  const inserted = await write.tx.query<Row>(
    `insert into ${object.table} (${columns}) values (${placeholders}) returning *`,
    names.map((name) => filled[name]),
  );
  write.changes.push({ object, type: 'CREATE', before: null, after: inserted.rows[0]! });
  return id;
}

function autoNumbers(object: SObject, n: string): Values {
  return Object.fromEntries(
    Object.entries(object.fields).flatMap(([name, { auto }]) =>
      auto === undefined ? [] : [[name, auto.prefix + n.padStart(auto.digits, '0')]],
    ),
  );
}

/** The records referred to exist, are not deleted, and cannot be deleted until this transaction ends. */
async function checkReferences(write: Write, object: SObject, values: Values): Promise<void> {
  for (const [name, id] of Object.entries(values)) {
    const target = object.fields[name]!.references;
    const found = target === undefined || typeof id !== 'string' ? undefined : write.catalog.find(target);
    if (found === undefined) continue; // Of users this org keeps no records.
    const { rows } = await write.tx.query<{ is_deleted: boolean }>(
      `select is_deleted from ${found.table} where id = $1 for share`,
      [id],
    );
    if (rows[0] === undefined)
      throw new SalesforceFault(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [name]);
    if (rows[0].is_deleted) throw new SalesforceFault(400, 'ENTITY_IS_DELETED', 'entity is deleted', [name]);
  }
}

/** Every write moves the stamps, also one that changes no value: that is what Salesforce does. */
export async function updateRecord(write: Write, object: SObject, id: string, values: Values): Promise<void> {
  const before = await lockRecord(write.tx, object, id);
  await checkReferences(write, object, values);
  const after = await setColumns(write.tx, object, id, {
    ...values,
    LastModifiedDate: second(write.now),
    SystemModstamp: second(write.now),
  });
  write.changes.push({ object, type: 'UPDATE', before, after });
}

/** Sets fields and nothing else: no stamp moves and no event follows. */
export async function setColumns(
  tx: Queryable,
  object: SObject,
  id: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Row> {
  const names = Object.keys(values);
  const assignments = names.map((name, i) => `${object.fields[name]!.column} = $${i + 2}`).join(', ');
  const { rows } = await tx.query<Row>(
    `update ${object.table} set ${assignments} where id = $1 and not is_deleted returning *`,
    [id, ...names.map((name) => values[name])],
  );
  return rows[0] ?? refuseMissing(tx, object, id);
}

/** Deletes the record and what cannot be without it, depth first, in one transaction. */
export async function deleteRecord(write: Write, object: SObject, id: string): Promise<void> {
  await lockRecord(write.tx, object, id);
  await removeTree(write, object, id, id);
}

async function removeTree(write: Write, object: SObject, id: string, root: string): Promise<void> {
  const { rows } = await write.tx.query<Row>(
    `update ${object.table} set is_deleted = true, deleted_with = $3, last_modified_date = $2, system_modstamp = $2
     where id = $1 and not is_deleted returning *`,
    [id, second(write.now), root],
  );
  if (rows[0] === undefined) return; // Reached on another way already.
  write.changes.push({ object, type: 'DELETE', before: null, after: rows[0] });
  for (const [child, { column }] of childrenOf(write, object)) {
    const sql = `select id from ${child.table} where ${column} = $1 and not is_deleted order by id collate "C" for update`;
    const children = await write.tx.query<{ id: string }>(sql, [id]);
    for (const row of children.rows) await removeTree(write, child, row.id, root);
  }
}

/** Objects whose records go with a record of this one, and the field that ties them. */
function childrenOf(write: Write, object: SObject): [SObject, Field][] {
  return write.catalog.all().flatMap((child) =>
    Object.values(child.fields)
      .filter(({ references, cascade }) => references === object.name && cascade !== undefined)
      .map((field): [SObject, Field] => [child, field]),
  );
}

/** Takes a record out of the recycle bin, with what went there along with it. */
export async function undeleteRecord(write: Write, object: SObject, id: string): Promise<void> {
  const { rowCount } = await write.tx.query(
    `select 1 from ${object.table} where id = $1 and is_deleted and deleted_with = id for update`,
    [id],
  );
  if (rowCount === 0) throw new SalesforceFault(400, 'UNDELETE_FAILED', 'Entity is not in the recycle bin');
  for (const each of [object, ...write.catalog.all().filter((other) => other !== object)]) {
    const { rows } = await write.tx.query<Row>(
      `update ${each.table} set is_deleted = false, deleted_with = null, last_modified_date = $2, system_modstamp = $2
       where deleted_with = $1 returning *`,
      [id, second(write.now)],
    );
    for (const after of rows) write.changes.push({ object: each, type: 'UNDELETE', before: null, after });
  }
}

async function lockRecord(tx: PoolClient, object: SObject, id: string): Promise<Row> {
  const { rows } = await tx.query<Row>(`select * from ${object.table} where id = $1 and not is_deleted for update`, [
    id,
  ]);
  return rows[0] ?? refuseMissing(tx, object, id);
}

async function refuseMissing(tx: Queryable, object: SObject, id: string): Promise<never> {
  const { rowCount } = await tx.query(`select 1 from ${object.table} where id = $1`, [id]);
  if (rowCount) throw new SalesforceFault(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export async function readRecord(tx: Queryable, object: SObject, id: string): Promise<Row> {
  const { rows } = await tx.query<Row>(`select * from ${object.table} where id = $1`, [id]);
  if (rows[0] === undefined || rows[0]['is_deleted']) return refuseMissing(tx, object, id);
  return rows[0];
}

/** Ids of the live records with this external id. */
export async function findByExternalId(
  tx: Queryable,
  object: SObject,
  field: string,
  value: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from ${object.table} where lower(${object.fields[field]!.column}) = lower($1) and not is_deleted order by id`,
    [value],
  );
  return rows.map(({ id }) => id);
}

/** Update or insert by external id; the id itself may not stand in the body. */
export async function upsertRecord(
  write: Write,
  object: SObject,
  key: UpsertKey,
  body: unknown,
): Promise<UpsertResult> {
  if (
    typeof body === 'object' &&
    body !== null &&
    Object.keys(body).some((name) => fieldName(object, name) === key.field)
  )
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `The ${key.field} field should not be specified in the sobject data.`,
    );
  if (key.value === '' || key.value.length > object.fields[key.field]!.maxLength || key.value.includes('\u0000'))
    throw new SalesforceFault(400, 'MISSING_ARGUMENT', `${key.field} not specified`);
  // No other upsert of the same value can slip in between.
  const lock = `${object.name}.${key.field}=${key.value.toLowerCase()}`;
  await write.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lock]);
  const ids = await findByExternalId(write.tx, object, key.field, key.value);
  if (ids.length > 1) throw new AmbiguousExternalId(ids);
  if (ids[0] !== undefined) {
    await updateRecord(write, object, ids[0], checkWrite(object, body, 'update'));
    return { id: ids[0], created: false };
  }
  if (key.updateOnly) throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  const values = { ...checkWrite(object, body, 'create'), [key.field]: key.value };
  return { id: await insertRecord(write, object, values), created: true };
}

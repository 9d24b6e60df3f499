import type { PoolClient } from 'pg';
import { ACCOUNT_FIELDS, checkWrite, EXTERNAL_ID_FIELDS, fieldName } from './account-fields.ts';
import { findByExternalId, insertAccount, updateAccount } from './account.store.ts';
import { SalesforceFault } from './errors.ts';

export interface UpsertKey {
  readonly field: string;
  readonly value: string;
  readonly updateOnly: boolean;
}
export interface UpsertResult {
  readonly id: string;
  readonly created: boolean;
}
/** Several records carry the external id, so none was written. */
export class AmbiguousExternalId extends Error {
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    super('more than one record found for external id');
    this.ids = ids;
  }
}

/** API name of an external-id field. @throws SalesforceFault when the field is none */
export function externalIdField(written: string): string {
  const name = fieldName(written);
  if (name === undefined || !EXTERNAL_ID_FIELDS.includes(name))
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `Provided external ID field does not exist or is not accessible: ${written}`,
    );
  return name;
}

/** Update or insert by external id; the id itself may not stand in the body. */
export async function upsertAccount(tx: PoolClient, key: UpsertKey, body: unknown, now: Date): Promise<UpsertResult> {
  if (typeof body === 'object' && body !== null && Object.keys(body).some((name) => fieldName(name) === key.field))
    throw new SalesforceFault(
      400,
      'INVALID_FIELD',
      `The ${key.field} field should not be specified in the sobject data.`,
    );
  if (key.value === '' || key.value.length > ACCOUNT_FIELDS[key.field]!.maxLength || key.value.includes('\u0000'))
    throw new SalesforceFault(400, 'MISSING_ARGUMENT', `${key.field} not specified`);
  const ids = await findByExternalId(tx, key.field, key.value, true);
  if (ids.length > 1) throw new AmbiguousExternalId(ids);
  if (ids[0] !== undefined) {
    await updateAccount(tx, ids[0], checkWrite(body, 'update'), now);
    return { id: ids[0], created: false };
  }
  if (key.updateOnly) throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  const values = { ...checkWrite(body, 'create'), [key.field]: key.value };
  return { id: await insertAccount(tx, values, now), created: true };
}

import type { PoolClient } from 'pg';
import { resolveReferences } from './database.store.ts';
import { isObject, type ExactJson } from './exact-json.ts';
import { userError } from './problem.ts';
import { readBoolean, type Line, type RecordWrite } from './record-body.ts';
import type { RecordType } from './record-types.ts';

/** Creates or changes a record that is not a transaction; answers its internal id. */
export async function writeEntity(
  tx: PoolClient,
  type: RecordType,
  existing: string | null,
  write: RecordWrite,
  now: Date,
): Promise<string> {
  const columns = new Map<string, unknown>(write.values);
  for (const [column, id] of await resolveReferences(tx, write.references)) columns.set(column, id);
  if (existing === null) await fillNew(tx, type, columns);
  columns.set('lastmodifieddate', now);
  const id = existing === null ? await insert(tx, type, columns, now) : await update(tx, type, existing, columns);
  const addresses = write.sublists.get('addressBook');
  if (addresses) await writeAddresses(tx, id, addresses);
  return id;
}

async function fillNew(tx: PoolClient, type: RecordType, columns: Map<string, unknown>): Promise<void> {
  if (type.name === 'customer') {
    if (isMissing(columns.get('entityid'))) columns.set('entityid', columns.get('companyname'));
    if (isMissing(columns.get('currency')) && !isMissing(columns.get('subsidiary'))) {
      const sql = 'select currency from subsidiary where id = $1';
      columns.set(
        'currency',
        (await tx.query<{ currency: string }>(sql, [columns.get('subsidiary')])).rows[0]?.currency,
      );
    }
  }
  for (const [name, field] of Object.entries(type.fields)) {
    if (field.required && isMissing(columns.get(field.column))) throw userError(`Please enter value(s) for: ${name}.`);
  }
}

async function insert(tx: PoolClient, type: RecordType, columns: Map<string, unknown>, now: Date): Promise<string> {
  columns.set('createddate', now);
  const names = [...columns.keys()];
  const { rows } = await tx.query<{ id: string }>(
    `insert into ${type.table} (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')}) returning id`,
    [...columns.values()],
  );
  return rows[0]!.id;
}

async function update(
  tx: PoolClient,
  type: RecordType,
  id: string,
  columns: ReadonlyMap<string, unknown>,
): Promise<string> {
  const sets = [...columns.keys()].map((name, n) => `${name} = $${n + 2}`);
  await tx.query(`update ${type.table} set ${sets.join(', ')} where id = $1`, [id, ...columns.values()]);
  return id;
}

/** The sublist is taken as a whole: the caller states the addresses that the customer has. */
async function writeAddresses(tx: PoolClient, customer: string, lines: readonly Line[]): Promise<void> {
  await tx.query('delete from customeraddress where customer = $1', [customer]);
  for (const line of lines) {
    const address = line['addressBookAddress'];
    const part = (name: string): string | null => (isObject(address) ? asText(address[name]) : null);
    const flags = (['defaultBilling', 'defaultShipping'] as const).map((f) => readBoolean(f, line[f] ?? false));
    await tx.query(
      `insert into customeraddress (customer, label, defaultbilling, defaultshipping, addr1, addr2, city, state, zip, country)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [customer, asText(line['label']), ...flags, ...['addr1', 'addr2', 'city', 'state', 'zip', 'country'].map(part)],
    );
  }
}

function asText(value: ExactJson | undefined): string | null {
  if (isObject(value)) return asText(value['id']);
  return typeof value === 'string' ? value : null;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}

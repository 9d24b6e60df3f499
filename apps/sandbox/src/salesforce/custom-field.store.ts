import type { Pool } from 'pg';
import { z } from 'zod';
import { fieldName, objectNamed, type Catalog } from './catalog.ts';
import { columnDdl } from './database.store.ts';
import { SalesforceFault } from './errors.ts';
import type { EventLog } from './events/event-log.store.ts';
import { boolean, currency, date, int, number, percent, picklist, text, type Field } from './objects/field.ts';

const KINDS: Readonly<Record<string, (name: string) => Readonly<Record<string, Field>>>> = {
  string: (name) => text(name, 255),
  picklist,
  boolean,
  date,
  currency,
  number,
  percent,
  int,
};

export const customFieldShape = z.strictObject({
  object: z.string(),
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}__c$/),
  kind: z.enum(['string', 'picklist', 'boolean', 'date', 'currency', 'number', 'percent', 'int']).default('string'),
});

/** Adds a field to an object, as an admin does while everything runs: later events of it have another schema. */
export async function addCustomField(
  pool: Pool,
  catalog: Catalog,
  { object: objectName, name, kind }: z.infer<typeof customFieldShape>,
  log: EventLog,
): Promise<void> {
  const object = objectNamed(catalog, objectName);
  if (fieldName(object, name) !== undefined)
    throw new SalesforceFault(400, 'DUPLICATE_DEVELOPER_NAME', `There is already a field named ${name}.`);
  // A name of its own: Name__c must not share the column of Name.
  const field = { ...KINDS[kind]!(name)[name]!, column: `custom_${name.slice(0, -3).toLowerCase()}` };
  await pool.query(columnDdl(object.table, field));
  await pool.query('insert into custom_field (object, name, definition) values ($1, $2, $3)', [
    object.name,
    name,
    JSON.stringify(field),
  ]);
  await log.register(catalog.addField(object.name, name, field));
}

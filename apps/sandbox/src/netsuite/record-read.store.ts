import type { Pool, PoolClient } from 'pg';
import { displayOf } from './database.store.ts';
import { jsonNumber } from './exact-json.ts';
import type { ListCondition } from './list-query.ts';
import type { Field, RecordType } from './record-types.ts';

/** A record id as it stands in the URL: internal, or `eid:` for the external one. */
export interface RecordKey {
  readonly by: 'id' | 'externalid';
  readonly value: string;
}

type Row = Record<string, string | boolean | Date | null>;

export function keyCondition(type: RecordType, key: RecordKey): { sql: string; value: string } {
  const kind = type.transactionType ? ` and t.type = '${type.transactionType}'` : '';
  const sql = key.by === 'id' ? `t.id::text = $1${kind}` : `t.externalid = $1${kind}`;
  return { sql: key.by === 'id' && /^\d{1,18}$/.test(key.value) ? `t.id = $1::bigint${kind}` : sql, value: key.value };
}

/** One record in the record API's JSON, or null. */
export async function readRecord(
  pool: Pool,
  type: RecordType,
  key: RecordKey,
  { base, plainEnums = false }: { readonly base: string; readonly plainEnums?: boolean },
): Promise<(Record<string, unknown> & { id: string }) | null> {
  const { sql, value } = keyCondition(type, key);
  const columns = Object.entries(type.fields).flatMap(([name, field]) => selectField(name, field));
  const { rows } = await pool.query<Row & { id: string }>(
    `select t.id, ${columns.join(', ')} from ${type.table} t where ${sql}`,
    [value],
  );
  const row = rows[0];
  if (!row) return null;
  const self = `${base}/${type.name.toLowerCase()}/${row.id}`;
  const record: Record<string, unknown> & { id: string } = { links: [{ rel: 'self', href: self }], id: row.id };
  for (const [name, field] of Object.entries(type.fields)) {
    const shown = plainEnums && field.kind === 'enum' ? enumId(row[name]) : showField(name, field, row, base);
    if (shown !== undefined) record[name] = shown;
  }
  for (const sublist of type.sublists) record[sublist] = { links: [{ rel: 'self', href: `${self}/${sublist}` }] };
  return record;
}

function selectField(name: string, field: Field): string[] {
  const value = field.sql ?? `t.${field.column}`;
  const plain = field.kind === 'date' ? `to_char(${value}, 'YYYY-MM-DD')` : value;
  const columns = [`${plain} as "${name}"`];
  if (field.kind === 'ref') columns.push(`${displayOf(field.to!, value)} as "${name}__df"`);
  return columns;
}

function showField(name: string, field: Field, row: Row, base: string): unknown {
  const value = row[name];
  if (value === null || value === undefined) return undefined;
  if (field.kind === 'timestamp') return `${(value as Date).toISOString().slice(0, 19)}Z`;
  if (field.kind === 'number') return jsonNumber(trimZeros(String(value)));
  if (field.kind === 'enum') return showEnum(String(value));
  if (field.kind !== 'ref') return value;
  const id = String(value);
  const links = [{ rel: 'self', href: `${base}/${field.to!}/${id}` }];
  return { links, id, refName: row[`${name}__df`] };
}

/** With `simpleEnumFormat` an enumeration is its id alone. */
function enumId(value: Row[string] | undefined): string | undefined {
  return typeof value === 'string' ? value.split('|')[0] : undefined;
}

function showEnum(value: string): object {
  const [id, refName] = value.split('|');
  return { id, refName: refName ?? id };
}

/** Oracle prints a number without trailing zeros. */
export function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const sublistSql = {
  item: `select l.line, k.previousline as "orderLine", l.item, i.itemid, l.quantity, l.rate, l.amount, l.tax as "tax1Amt", l.memo as description,
      l.isclosed as "isClosed", l.custcol_billing_id, to_char(l.custcol_bill_on, 'YYYY-MM-DD') as custcol_bill_on, t.type
    from transactionline l join transaction t on t.id = l.transaction left join item i on i.id = l.item
    left join orderlink k on k.nextdoc = l.transaction and k.nextline = l.line where l.transaction = $1 order by l.seq`,
  apply: `select k.previousdoc as doc, p.tranid, k.foreignamount as amount
    from transactionlink k join transaction p on p.id = k.previousdoc where k.nextdoc = $1 order by k.previousdoc`,
  addressBook: `select * from customeraddress where customer = $1 order by nkey`,
} as const;

/** The lines of a sublist, as `expandSubResources=true` and the sublist's own URL show them. */
export async function readSublist(
  db: Pool | PoolClient,
  sublist: keyof typeof sublistSql,
  id: string,
): Promise<object[]> {
  const { rows } = await db.query<Record<string, string>>(sublistSql[sublist], [id]);
  return rows.map(showLine[sublist]);
}

const showLine: Record<keyof typeof sublistSql, (row: Record<string, string>) => object> = {
  item: (row) => ({
    links: [],
    line: jsonNumber(String(row['line'])),
    ...(row['orderLine'] === null ? {} : { orderLine: jsonNumber(String(row['orderLine'])) }),
    ...(row['item'] ? { item: { id: row['item'], refName: row['itemid'] } } : {}),
    ...numbers(row, ['quantity', 'rate', 'amount', 'tax1Amt']),
    ...texts(row, ['description', 'custcol_billing_id', 'custcol_bill_on']),
    ...(row['type'] === 'SalesOrd' ? { isClosed: row['isClosed'] } : {}),
  }),
  apply: (row) => ({
    links: [],
    apply: true,
    doc: { id: row['doc'], refName: `#${row['tranid'] ?? ''}` },
    ...numbers(row, ['amount']),
  }),
  addressBook: (row) => ({
    links: [],
    internalId: jsonNumber(String(row['nkey'])),
    label: row['label'],
    defaultBilling: row['defaultbilling'],
    defaultShipping: row['defaultshipping'],
    addressBookAddress: {
      addr1: row['addr1'],
      addr2: row['addr2'],
      city: row['city'],
      state: row['state'],
      zip: row['zip'],
      country: row['country'] ? { id: row['country'], refName: row['country'] } : null,
    },
  }),
};

function numbers(row: Record<string, string>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (row[name] ? [[name, jsonNumber(trimZeros(row[name]))]] : [])));
}

function texts(row: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (row[name] ? [[name, row[name]]] : [])));
}

/** A page of internal ids in creation order; the list call gives ids and links and nothing else. */
export async function listIds(
  pool: Pool,
  type: RecordType,
  limit: number,
  offset: number,
  asked: ListCondition,
): Promise<{ ids: string[]; total: number }> {
  const kind = type.transactionType ? [`t.type = '${type.transactionType}'`] : [];
  const conditions = [...kind, ...(asked.sql === '' ? [] : [asked.sql])];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const from = `from ${type.table} t ${where}`;
  const { rows } = await pool.query<{ id: string }>(
    `select t.id ${from} order by t.id limit ${limit} offset ${offset}`,
    [...asked.values],
  );
  const count = await pool.query<{ n: number }>(`select count(*)::int as n ${from}`, [...asked.values]);
  return { ids: rows.map((row) => row.id), total: count.rows[0]!.n };
}

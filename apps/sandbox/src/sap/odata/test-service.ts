import type { Announcement, EntitySet, FunctionImport, ODataService, Property, Values, Write } from './model.ts';
import { SapError } from './model.ts';
import type { SapSystem } from './system.ts';

const schema = `
  create schema if not exists odata_test;
  create table if not exists odata_test.orders (
    no bigint generated always as identity (start with 1000) primary key, customer text not null default '', reference text,
    order_date date, amount numeric not null default 0, priority int not null default 0, blocked boolean not null default false,
    cut_off time, uuid uuid not null default gen_random_uuid(), changed timestamptz not null);
  create table if not exists odata_test.items (
    no bigint not null references odata_test.orders on delete cascade, item int not null, material text not null,
    quantity numeric not null, primary key (no, item));
  create or replace view odata_test."A_Order" as select no::text as "Order", customer as "Customer", reference as "Reference",
    order_date as "OrderDate", amount as "Amount", priority as "Priority", blocked as "IsBlocked", cut_off as "CutOff",
    uuid as "OrderUUID", changed as "LastChangeDateTime", 'x' as "Novelty" from odata_test.orders;
  create or replace view odata_test."A_OrderItem" as select no::text as "Order", item::text as "Item", material as "Material",
    quantity as "Quantity" from odata_test.items;
  create or replace view odata_test."A_Ledger" as select id as "ID", account as "Account", document as "Document", amount as "Amount"
    from (values ('1', 'A', 'D1', 0.10), ('2', 'A', 'D1', 0.20), ('3', 'A', 'D2', 5.00), ('4', 'B', 'D3', 9007199254740993.01))
    as v(id, account, document, amount);
  create or replace view odata_test."A_Validity" as select area as "Area", ends as "ValidityEndDate", 'until ' || ends as "Text"
    from (values ('A000', date '2024-12-31'), ('A000', date '9999-12-31'), ('B''/0', date '9999-12-31')) as v(area, ends);`;

const text = (name: string, maxLength: number, writable: Property['writable'] = 'never'): Property => ({
  name,
  type: 'Edm.String',
  maxLength,
  writable,
});

const orders: EntitySet = {
  name: 'A_Order',
  view: '"A_Order"',
  keys: ['Order'],
  properties: [
    text('Order', 10),
    text('Customer', 10, 'create'),
    text('Reference', 12, 'both'),
    { name: 'OrderDate', type: 'Edm.DateTime', writable: 'both' },
    { name: 'Amount', type: 'Edm.Decimal', precision: 16, scale: 3, writable: 'both' },
    { name: 'Priority', type: 'Edm.Int32', writable: 'both' },
    { name: 'IsBlocked', type: 'Edm.Boolean', writable: 'both' },
    { name: 'CutOff', type: 'Edm.Time', writable: 'both' },
    { name: 'OrderUUID', type: 'Edm.Guid', writable: 'never' },
    { name: 'LastChangeDateTime', type: 'Edm.DateTimeOffset', writable: 'never' },
    { ...text('Novelty', 10), since: 2023 },
  ],
  navigations: [{ name: 'to_Item', to: 'A_OrderItem', many: true, on: { Order: 'Order' } }],
  etag: 'LastChangeDateTime',
  pageSize: null,
  async create(write, values) {
    const no = await insertOrder(write, values);
    const items = (values['to_Item'] ?? []) as readonly Values[];
    for (const item of items) await insertItem(write, no, item);
    write.announce({ type: 'Created', key: { Order: no } });
    return { Order: no };
  },
  async update({ tx, now, announce }, key, changes) {
    for (const [name, value] of Object.entries(changes))
      await tx.query(`update orders set ${columns[name]!} = $2 where no = $1`, [key['Order'], value]);
    await tx.query('update orders set changed = $2 where no = $1', [key['Order'], now]);
    announce({ type: 'Changed', key });
  },
  async remove({ tx }, key) {
    await tx.query('delete from orders where no = $1', [key['Order']]);
  },
};

const columns: Readonly<Record<string, string>> = {
  Customer: 'customer',
  Reference: 'reference',
  OrderDate: 'order_date',
  Amount: 'amount',
  Priority: 'priority',
  IsBlocked: 'blocked',
  CutOff: 'cut_off',
};

async function insertOrder({ tx, now, warn }: Write, values: Values): Promise<string> {
  if (values['Customer'] === 'NOBODY')
    throw new SapError(400, 'V1/302', { en: 'Customer NOBODY is not there', de: 'Kunde NOBODY ist nicht vorhanden' }, [
      { number: 'V1/302', text: 'Customer NOBODY is not there', target: 'Customer' },
    ]);
  if (values['Reference'] === undefined) warn('V1/555', { en: 'No reference', de: 'Keine Referenz – fehlt' });
  const given = Object.entries(columns).filter(([name]) => values[name] !== undefined);
  const names = given.map(([, column]) => `, ${column}`).join('');
  const marks = given.map((_, n) => `, $${n + 2}`).join('');
  const { rows } = await tx.query<{ no: string }>(
    `insert into orders (changed${names}) values ($1${marks}) returning no::text`,
    [now, ...given.map(([name]) => values[name])],
  );
  return rows[0]!.no;
}

async function insertItem({ tx }: Write, no: string, values: Values): Promise<string> {
  const { rows } = await tx.query<{ item: string }>(
    `insert into items select $1, coalesce(max(item), 0) + 10, $2, $3 from items where no = $1 returning item::text`,
    [no, values['Material'], values['Quantity'] ?? '1'],
  );
  return rows[0]!.item;
}

const items: EntitySet = {
  name: 'A_OrderItem',
  view: '"A_OrderItem"',
  keys: ['Order', 'Item'],
  properties: [
    text('Order', 10),
    text('Item', 6),
    text('Material', 40, 'create'),
    { name: 'Quantity', type: 'Edm.Decimal', precision: 13, scale: 3, writable: 'both' },
  ],
  navigations: [
    { name: 'to_Order', to: 'A_Order', many: false, on: { Order: 'Order' } },
    { name: 'to_Nobody', to: 'A_Order', many: false, on: { Material: 'Order' } },
  ],
  etag: null,
  pageSize: 4,
  async create(write, values) {
    const no = String(values['Order']);
    return { Order: no, Item: await insertItem(write, no, values) };
  },
  async update({ tx }, key, { Quantity }) {
    await tx.query('update items set quantity = $3 where no = $1 and item = $2', [key['Order'], key['Item'], Quantity]);
  },
};

const ledger: EntitySet = {
  name: 'A_Ledger',
  view: '"A_Ledger"',
  keys: ['ID'],
  properties: [
    text('ID', 10),
    text('Account', 10),
    text('Document', 10),
    { name: 'Amount', type: 'Edm.Decimal', precision: 16, scale: 3, writable: 'never' },
  ],
  navigations: [],
  etag: null,
  pageSize: null,
  measures: ['Amount'],
};

const validities: EntitySet = {
  name: 'A_Validity',
  view: '"A_Validity"',
  keys: ['Area', 'ValidityEndDate'],
  properties: [text('Area', 4), { name: 'ValidityEndDate', type: 'Edm.DateTime', writable: 'never' }, text('Text', 40)],
  navigations: [],
  etag: null,
  pageSize: null,
};

const block: FunctionImport = {
  name: 'Block',
  method: 'POST',
  parameters: [text('Order', 10)],
  returns: 'A_Order',
  async run({ tx, now }, { Order }) {
    await tx.query('update orders set blocked = true, changed = $2 where no::text = $1', [Order, now]);
    return { Order: String(Order) };
  },
};

const summarize: FunctionImport = {
  ...block,
  name: 'Summarize',
  returns: {
    name: 'Summary',
    properties: [{ name: 'Total', type: 'Edm.Decimal', precision: 16, scale: 3, writable: 'never' }],
  },
  run: async () => ({ Total: '10.50' }),
};

const look: FunctionImport = {
  ...block,
  name: 'Look',
  method: 'GET',
  run: async (_write, { Order }) => ({ Order: String(Order) }),
};

export const testService: ODataService = {
  name: 'API_TEST_SRV',
  entitySets: [orders, items, validities, ledger],
  functions: [block, look, summarize],
};

/** Orders with items over two tables, for the specs of the engine; what was announced goes into the list. */
export function testSystem(announced: Announcement[]): SapSystem {
  return {
    schema: 'odata_test',
    services: [testService],
    install: async (pool) => void (await pool.query(schema)),
    open: () => ({ announced: (events) => void announced.push(...events), credentials: () => ({}) }),
  };
}

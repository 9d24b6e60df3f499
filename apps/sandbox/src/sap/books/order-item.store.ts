import type { PoolClient } from 'pg';
import type { Key, Values, Write } from '../odata/model.ts';
import { checkTerms } from './customer.store.ts';
import { messages } from './messages.ts';
import { lockOrder, touchOrder, type Order } from './order-lock.store.ts';
import { priceItem, setConditions } from './pricing.store.ts';
import {
  below,
  exists,
  inCapitals,
  insertRow,
  lockRow,
  scalars,
  textOf,
  updateRow,
  type Columns,
} from './rows.store.ts';

const rejectionReasons = new Set(['00', '02', '10', '50', '60', '61', '62', '70']);
const capitals = ['MaterialByCustomer', 'Material', 'RequestedQuantityUnit'] as const;
/** What may not change once a bill stands on the item. */
const priced = ['RequestedQuantity', 'Material', 'RequestedQuantityUnit'] as const;

interface Material {
  readonly Material: string;
  readonly name: string;
  readonly BaseUnit: string;
  readonly MaterialGroup: string;
  readonly ProfitCenter: string | null;
  readonly blocked: boolean;
}

/** Adds an item with its prices to an order that is locked. */
export async function addItem(write: Write, order: Order, values: Values): Promise<Key> {
  const { tx } = write;
  const columns = inCapitals(scalars(values), ...capitals);
  const key = {
    SalesOrder: order.SalesOrder,
    SalesOrderItem: await itemNumber(tx, order.SalesOrder, textOf(values, 'SalesOrderItem')),
  };
  const material = await orderedMaterial(tx, columns['Material']);
  await checkItem(tx, key.SalesOrderItem, { RequestedQuantity: null, ...columns });
  await insertRow(tx, 'sales_order_item', {
    SalesOrderItemText: material.name,
    RequestedQuantityUnit: material.BaseUnit,
    MaterialGroup: material.MaterialGroup,
    ProfitCenter: material.ProfitCenter,
    ...withoutEmpty(columns),
    ...key,
    Material: material.Material,
  });
  await setConditions(write, order, key, below(values, 'to_PricingElement'));
  await priceItem(write, order, key.SalesOrderItem);
  return key;
}

function withoutEmpty(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null && value !== ''));
}

async function itemNumber(tx: PoolClient, order: string, given: string | null): Promise<string> {
  if (given !== null) {
    if (await exists(tx, 'sales_order_item', { SalesOrder: order, SalesOrderItem: given }))
      throw messages.itemExists(given);
    return given;
  }
  const sql = `select (coalesce(max("SalesOrderItem"::int), 0) / 10 * 10 + 10)::text as next from sales_order_item where "SalesOrder" = $1`;
  return (await tx.query<{ next: string }>(sql, [order])).rows[0]!.next;
}

async function orderedMaterial(tx: PoolClient, name: Columns[string] | undefined): Promise<Material> {
  if (!name) throw messages.required('Material');
  const { rows } = await tx.query<Material>('select * from material where "Material" = $1', [name]);
  if (!rows[0]) throw messages.materialUnknown(String(name));
  if (rows[0].blocked) throw messages.materialBlocked(String(name));
  return rows[0];
}

async function checkItem(tx: PoolClient, item: string, columns: Columns): Promise<void> {
  if ('RequestedQuantity' in columns) {
    const quantity = columns['RequestedQuantity'];
    if (typeof quantity !== 'string' || !/[1-9]/.test(quantity) || quantity.startsWith('-'))
      throw messages.quantityInvalid(item);
  }
  const reason = columns['SalesDocumentRjcnReason'];
  if (reason && !rejectionReasons.has(String(reason))) throw messages.rejectionUnknown(String(reason));
  await checkTerms({ tx }, columns['CustomerPaymentTerms']);
}

export async function createItem(write: Write, values: Values): Promise<Key> {
  const order = await lockOrder(write.tx, textOf(values, 'SalesOrder') ?? '');
  const key = await addItem(write, order, values);
  await touchOrder(write, order.SalesOrder);
  return key;
}

export async function changeItem(write: Write, key: Key, changes: Values): Promise<void> {
  const { tx } = write;
  const order = await lockOrder(tx, key['SalesOrder']!);
  const item = key['SalesOrderItem']!;
  const columns = inCapitals(scalars(changes), ...capitals);
  await checkItem(tx, item, columns);
  const touchesPrice = priced.some((name) => name in columns);
  if (touchesPrice && (await billed(tx, key)) !== 'A') throw messages.itemBilled(item);
  if (columns['SalesDocumentRjcnReason'] && (await billed(tx, key)) === 'C') throw messages.itemBilled(item);
  await updateRow(tx, 'sales_order_item', key, columns);
  if (touchesPrice) await priceItem(write, order, item);
  await touchOrder(write, order.SalesOrder);
}

export async function removeItem(write: Write, key: Key): Promise<void> {
  const { tx } = write;
  const order = await lockOrder(tx, key['SalesOrder']!);
  if ((await everBilled(tx, key)) !== 0) throw messages.itemBilled(key['SalesOrderItem']!);
  await tx.query('delete from sales_order_item where "SalesOrder" = $1 and "SalesOrderItem" = $2', [
    key['SalesOrder'],
    key['SalesOrderItem'],
  ]);
  await touchOrder(write, order.SalesOrder);
}

/** A price element of an item that is not billed. */
export async function changeCondition(write: Write, key: Key, changes: Values): Promise<void> {
  const { tx } = write;
  const order = await lockOrder(tx, key['SalesOrder']!);
  if ((await billed(tx, key)) !== 'A') throw messages.itemBilled(key['SalesOrderItem']!);
  const before = (await lockRow<Condition>(tx, 'order_condition', key))!;
  const { ConditionType, ConditionRateValue, ConditionQuantity, ConditionQuantityUnit } = before;
  const condition = { ConditionType, ConditionRateValue, ConditionQuantity, ConditionQuantityUnit, ...changes };
  await repriced(write, order, key, [condition]);
}

interface Condition {
  readonly ConditionType: string;
  readonly ConditionRateValue: string;
  readonly ConditionQuantity: string | null;
  readonly ConditionQuantityUnit: string | null;
}

/** A further price of an item, or another one of a type that it has. */
export async function createCondition(write: Write, values: Values): Promise<Key> {
  const order = await lockOrder(write.tx, textOf(values, 'SalesOrder') ?? '');
  const key = { SalesOrder: order.SalesOrder, SalesOrderItem: textOf(values, 'SalesOrderItem') ?? '' };
  if ((await billed(write.tx, key)) !== 'A') throw messages.itemBilled(key.SalesOrderItem);
  const PricingProcedureStep = await repriced(write, order, key, [values]);
  return { ...key, PricingProcedureStep, PricingProcedureCounter: '001' };
}

export async function removeCondition(write: Write, key: Key): Promise<void> {
  const order = await lockOrder(write.tx, key['SalesOrder']!);
  if ((await billed(write.tx, key)) !== 'A') throw messages.itemBilled(key['SalesOrderItem']!);
  const where = `"SalesOrder" = $1 and "SalesOrderItem" = $2 and "PricingProcedureStep" = $3`;
  await write.tx.query(`delete from order_condition where ${where}`, [
    key['SalesOrder'],
    key['SalesOrderItem'],
    key['PricingProcedureStep'],
  ]);
  await repriced(write, order, key, []);
}

async function repriced(write: Write, order: Order, key: Key, conditions: readonly Values[]): Promise<string> {
  const steps = await setConditions(write, order, key, conditions);
  await priceItem(write, order, key['SalesOrderItem']!);
  await touchOrder(write, order.SalesOrder);
  return steps[0] ?? '';
}

async function billed(tx: PoolClient, key: Key): Promise<string> {
  const sql = `select billing_status from order_item_billed where "SalesOrder" = $1 and "SalesOrderItem" = $2`;
  const { rows } = await tx.query<{ billing_status: string }>(sql, [key['SalesOrder'], key['SalesOrderItem']]);
  if (!rows[0]) throw messages.noOrder(`${key['SalesOrder']!} ${key['SalesOrderItem']!}`);
  return rows[0].billing_status;
}

/** Bills that were cancelled count too: they refer to the item for good. */
async function everBilled(tx: PoolClient, key: Key): Promise<number> {
  const sql = `select from billing_item where "SalesDocument" = $1 and "SalesDocumentItem" = $2 limit 1`;
  return (await tx.query(sql, [key['SalesOrder'], key['SalesOrderItem']])).rowCount ?? 0;
}

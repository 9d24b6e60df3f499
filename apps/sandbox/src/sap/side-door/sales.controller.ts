import { Router } from 'express';
import { z } from 'zod';
import { cancelBill, creditBill } from '../books/bill-correction.store.ts';
import { billOrder } from '../books/billing.store.ts';
import { noCheck } from '../books/customer.store.ts';
import { changeItem } from '../books/order-item.store.ts';
import { lockOrder, touchOrder } from '../books/order-lock.store.ts';
import { changeOrder } from '../books/order.store.ts';
import { changeBelow, changePartner } from '../books/partner.store.ts';
import { messages } from '../books/messages.ts';
import { exists, unpadded, updateRow } from '../books/rows.store.ts';
import { SapError, type EntitySet, type Values, type Write } from '../odata/model.ts';
import { businessPartnerService } from '../services/business-partner.ts';
import { salesOrderService } from '../services/sales-order.ts';
import { decimalText, deed, isoDate, type Desk } from './deed.ts';

const billing = z.strictObject({
  salesOrder: z.string(),
  items: z
    .array(z.strictObject({ item: z.string(), quantity: decimalText.optional(), netAmount: decimalText.optional() }))
    .optional(),
  date: isoDate.optional(),
  taxRate: decimalText.optional(),
  reference: z.string().max(16).optional(),
});

const credit = z.strictObject({
  billingDocument: z.string(),
  items: z.array(z.strictObject({ item: z.string(), netAmount: decimalText.optional() })).optional(),
  date: isoDate.optional(),
});

const blocks = z.strictObject({
  order: z.boolean().optional(),
  billing: z.boolean().optional(),
  posting: z.boolean().optional(),
  central: z.boolean().optional(),
  credit: z.boolean().optional(),
});

const properties = z.record(z.string(), z.union([z.string(), z.boolean(), z.null()]));

/** What people do in sales: bill, credit, cancel, block, edit. */
export function salesRouter(desk: Desk): Router {
  const router = Router();
  router.post(
    '/billing-documents',
    deed(desk, billing, async (write, { items, date, taxRate, reference, salesOrder }, today) => {
      const bill = {
        salesOrder,
        items: items ?? null,
        date: date ?? today,
        taxRate: taxRate ?? null,
        reference: reference ?? null,
      };
      return billAnswer(write, await billOrder(write, bill));
    }),
  );
  router.post(
    '/credit-memos',
    deed(desk, credit, async (write, { billingDocument, items, date }, today) =>
      billAnswer(write, await creditBill(write, { billingDocument, items: items ?? null, date: date ?? today })),
    ),
  );
  router.post(
    '/billing-documents/:number/cancel',
    deed(desk, z.strictObject({ date: isoDate.optional() }), async (write, { date }, _today, { number }) =>
      billAnswer(write, await cancelBill(write, number!, date ?? null)),
    ),
  );
  router.post(
    '/billing-documents/:number/dunning-block',
    deed(desk, z.strictObject({ reason: z.string().max(1) }), async (write, { reason }, _today, { number }) => {
      await blockDunning(write, number!, reason);
      return { billingDocument: number, reason };
    }),
  );
  router.post(
    '/partners/:partner/block',
    deed(desk, blocks, async (write, body, _today, { partner }) => block(write, unpadded(partner!), body)),
  );
  router.post(
    '/orders/:order/release-credit',
    deed(desk, z.strictObject({}), async (write, _body, _today, { order: number }) => {
      const order = await lockOrder(write.tx, number!);
      await updateRow(write.tx, 'sales_order', { SalesOrder: order.SalesOrder }, { TotalCreditCheckStatus: 'D' });
      await touchOrder(write, order.SalesOrder);
      return { salesOrder: order.SalesOrder };
    }),
  );
  editRoutes(router, desk);
  return router;
}

function editRoutes(router: Router, desk: Desk): void {
  const partners = setOf(businessPartnerService.entitySets, 'A_BusinessPartner');
  const orders = setOf(salesOrderService.entitySets, 'A_SalesOrder');
  const items = setOf(salesOrderService.entitySets, 'A_SalesOrderItem');
  router.patch(
    '/partners/:partner',
    deed(desk, properties, async (write, changes, _today, { partner }) => {
      const key = { BusinessPartner: unpadded(partner!) };
      if (!(await exists(write.tx, 'business_partner', key))) throw messages.noPartner(partner!);
      await changePartner(write, key, checked(partners, changes));
      return key;
    }),
  );
  router.patch(
    '/orders/:order',
    deed(desk, properties, async (write, changes, _today, { order }) => {
      await changeOrder(write, { SalesOrder: order! }, checked(orders, changes));
      return { salesOrder: order };
    }),
  );
  router.patch(
    '/orders/:order/items/:item',
    deed(desk, properties, async (write, changes, _today, { order, item }) => {
      const key = { SalesOrder: order!, SalesOrderItem: item! };
      if (!(await exists(write.tx, 'sales_order_item', key))) throw messages.noOrder(`${order!} ${item!}`);
      await changeItem(write, key, checked(items, changes));
      return { salesOrder: order, item };
    }),
  );
}

function setOf(sets: readonly EntitySet[], name: string): EntitySet {
  return sets.find((set) => set.name === name)!;
}

function checked(set: EntitySet, changes: Values): Values {
  for (const name of Object.keys(changes)) {
    const property = set.properties.find((each) => each.name === name);
    if (property?.writable !== 'update' && property?.writable !== 'both')
      throw new SapError(400, 'SY/530', { en: `${name} cannot be changed in ${set.name}` });
  }
  return changes;
}

async function block(write: Write, partner: string, asked: z.output<typeof blocks>): Promise<object> {
  const key = { Customer: partner };
  if (!(await exists(write.tx, 'customer', key))) throw messages.soldToUnknown(partner);
  const changes = {
    ...(asked.order !== undefined && { OrderIsBlockedForCustomer: asked.order ? '01' : '' }),
    ...(asked.billing !== undefined && { BillingIsBlockedForCustomer: asked.billing ? '01' : '' }),
    ...(asked.posting !== undefined && { PostingIsBlocked: asked.posting }),
    ...(asked.credit !== undefined && { credit_blocked: asked.credit }),
  };
  await changeBelow('customer', 'Customer', noCheck)(write, key, changes);
  if (asked.central !== undefined)
    await changePartner(write, { BusinessPartner: partner }, { BusinessPartnerIsBlocked: asked.central });
  return { businessPartner: partner, ...asked };
}

async function blockDunning({ tx, now }: Write, number: string, reason: string): Promise<void> {
  const { rowCount } = await tx.query(
    `update billing_document set "DunningBlockingReason" = $2, "LastChangeDate" = $3::timestamptz::date,
       "LastChangeDateTime" = greatest($3::timestamptz, "LastChangeDateTime" + interval '1 microsecond') where "BillingDocument" = $1`,
    [number, reason, now.toISOString()],
  );
  if (rowCount === 0) throw messages.noBill(number);
  const sql = `update accounting_item set "DunningBlockingReason" = $2, changed = $3 where "BillingDocument" = $1 and "FinancialAccountType" = 'D'`;
  await tx.query(sql, [number, reason, now.toISOString()]);
}

async function billAnswer({ tx }: Write, number: string): Promise<object> {
  const { rows } = await tx.query<Record<string, string>>(
    `select "BillingDocument" as "billingDocument", "AccountingDocument" as "accountingDocument", "FiscalYear" as "fiscalYear", "CompanyCode" as "companyCode",
       "TotalNetAmount"::text as net, "TaxAmount"::text as tax, "TotalGrossAmount"::text as gross, "TransactionCurrency" as currency
     from v_billing_document where "BillingDocument" = $1`,
    [number],
  );
  return rows[0]!;
}

import type { PoolClient } from 'pg';
import type { Key, Values, Write } from '../odata/model.ts';
import { checkTerms } from './customer.store.ts';
import { messages } from './messages.ts';
import { addItem } from './order-item.store.ts';
import { lockOrder, touchOrder, type Order } from './order-lock.store.ts';
import {
  below,
  dateOf,
  exists,
  insertRow,
  lockRow,
  nextNumber,
  scalars,
  textOf,
  unpadded,
  updateRow,
  type Columns,
} from './rows.store.ts';

const orderTypes = new Set(['OR']);

/** An order with its items and their prices, or nothing. */
export async function createOrder(write: Write, values: Values): Promise<Key> {
  const { tx, now, user } = write;
  const type = textOf(values, 'SalesOrderType');
  if (type === null) throw messages.required('SalesOrderType');
  if (!orderTypes.has(type)) throw messages.orderTypeUnknown(type);
  const soldTo = unpadded(textOf(values, 'SoldToParty') ?? '');
  const { area, companyCode } = await salesArea(tx, values);
  const customer = await orderingCustomer(tx, soldTo, area, companyCode);
  const columns = {
    CustomerPaymentTerms: customer.terms,
    TransactionCurrency: customer.currency,
    ...given(scalars(values)),
  };
  await checkHeader(tx, columns);
  const number = await nextNumber(tx, 'sales order', '', 1n);
  const today = dateOf(now);
  await insertRow(tx, 'sales_order', {
    SalesOrderDate: today,
    PricingDate: today,
    RequestedDeliveryDate: today,
    ...columns,
    SalesOrder: number,
    SoldToParty: soldTo,
    company_code: companyCode,
    TotalCreditCheckStatus: customer.creditBlocked ? 'B' : 'A',
    CreatedByUser: user.slice(0, 12),
    CreationDate: today,
    LastChangeDateTime: now.toISOString(),
  });
  const order = (await lockRow<Order>(tx, 'sales_order', { SalesOrder: number }))!;
  for (const item of below(values, 'to_Item')) await addItem(write, order, item);
  if (customer.creditBlocked)
    write.warn('V1/152', {
      en: `Order ${number} is blocked by the credit check`,
      de: `Auftrag ${number} ist durch die Kreditprüfung gesperrt`,
    });
  write.announce({ type: 'sap.s4.beh.salesorder.v1.SalesOrder.Created.v1', key: { SalesOrder: number } });
  return { SalesOrder: number };
}

/** Empty is as not sent: the default applies. */
function given(columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null && value !== ''));
}

interface Area {
  readonly SalesOrganization: string;
  readonly DistributionChannel: string;
  readonly Division: string;
}

async function salesArea(tx: PoolClient, values: Values): Promise<{ area: Area; companyCode: string }> {
  const area = {
    SalesOrganization: textOf(values, 'SalesOrganization') ?? '',
    DistributionChannel: textOf(values, 'DistributionChannel') ?? '',
    Division: textOf(values, 'OrganizationDivision') ?? '',
  };
  const found = await lockRow<{ CompanyCode: string }>(tx, 'sales_area', { ...area });
  if (!found) throw messages.noSalesArea(area.SalesOrganization, area.DistributionChannel, area.Division);
  return { area, companyCode: found.CompanyCode };
}

interface Ordering {
  readonly currency: string | null;
  readonly terms: string | null;
  readonly companyMaintained: boolean;
  readonly blocked: boolean;
  readonly centrallyBlocked: boolean;
  readonly creditBlocked: boolean;
}

async function orderingCustomer(tx: PoolClient, customer: string, area: Area, companyCode: string): Promise<Ordering> {
  const { rows } = await tx.query<Ordering>(
    `select s."Currency" as currency, s."CustomerPaymentTerms" as terms, k."Customer" is not null as "companyMaintained",
       coalesce(c."OrderIsBlockedForCustomer", '') <> '' or coalesce(s."OrderIsBlockedForCustomer", '') <> '' as blocked,
       p."BusinessPartnerIsBlocked" as "centrallyBlocked", c.credit_blocked as "creditBlocked"
     from customer c join business_partner p on p."BusinessPartner" = c."Customer"
     left join customer_sales_area s on s."Customer" = c."Customer" and s."SalesOrganization" = $2 and s."DistributionChannel" = $3
       and s."Division" = $4 and not s."DeletionIndicator"
     left join customer_company k on k."Customer" = c."Customer" and k."CompanyCode" = $5
     where c."Customer" = $1`,
    [customer, area.SalesOrganization, area.DistributionChannel, area.Division, companyCode],
  );
  const found = rows[0];
  if (!found) throw messages.soldToUnknown(customer);
  if (found.centrallyBlocked) throw messages.centralBlock(customer);
  if (found.currency === null) throw messages.salesAreaMissing(customer, Object.values(area).join(' '));
  if (!found.companyMaintained) throw messages.companyDataMissing(customer, companyCode);
  if (found.blocked) throw messages.orderBlock(customer);
  return found;
}

async function checkHeader(tx: PoolClient, columns: Columns): Promise<void> {
  const currency = columns['TransactionCurrency'];
  if (currency !== undefined && !(await exists(tx, 'currency', { Currency: currency })))
    throw messages.noCurrency(String(currency));
  await checkTerms({ tx }, columns['CustomerPaymentTerms']);
}

export async function changeOrder(write: Write, key: Key, changes: Values): Promise<void> {
  const { tx } = write;
  const order = await lockOrder(tx, key['SalesOrder']!);
  const columns = scalars(changes);
  await checkHeader(tx, columns);
  const currency = columns['TransactionCurrency'];
  if (currency !== undefined && currency !== order.TransactionCurrency && (await hasItems(tx, order.SalesOrder)))
    throw messages.orderBilled(order.SalesOrder);
  await updateRow(tx, 'sales_order', key, columns);
  await touchOrder(write, order.SalesOrder);
}

async function hasItems(tx: PoolClient, order: string): Promise<boolean> {
  return exists(tx, 'sales_order_item', { SalesOrder: order });
}

import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import { messages } from './messages.ts';
import { lockRow, unpadded } from './rows.store.ts';

export interface Order {
  readonly SalesOrder: string;
  readonly SoldToParty: string;
  readonly SalesOrganization: string;
  readonly DistributionChannel: string;
  readonly OrganizationDivision: string;
  readonly TransactionCurrency: string;
  readonly company_code: string;
  readonly CustomerPaymentTerms: string;
  readonly PurchaseOrderByCustomer: string | null;
  readonly AccountingDocExternalReference: string | null;
  readonly AssignmentReference: string | null;
  readonly HeaderBillingBlockReason: string | null;
  readonly TotalCreditCheckStatus: string;
}

/** @throws SapError when there is none */
export async function lockOrder(tx: PoolClient, number: string): Promise<Order> {
  const order = await lockRow<Order>(tx, 'sales_order', { SalesOrder: unpadded(number) });
  if (!order) throw messages.noOrder(number);
  return order;
}

/** Two changes of one moment must not leave one ETag. */
export async function touchOrder({ tx, now, announce }: Write, order: string): Promise<void> {
  const sql = `update sales_order set "LastChangeDate" = $2::timestamptz::date,
    "LastChangeDateTime" = greatest($2::timestamptz, "LastChangeDateTime" + interval '1 microsecond') where "SalesOrder" = $1`;
  await tx.query(sql, [order, now.toISOString()]);
  announce({ type: 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1', key: { SalesOrder: order } });
}

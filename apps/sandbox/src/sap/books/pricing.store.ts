import type { Key, Values, Write } from '../odata/model.ts';
import { messages } from './messages.ts';
import type { Order } from './order-lock.store.ts';
import { insertRow, textOf } from './rows.store.ts';

/** Condition types that can be entered, and their step of the pricing procedure. */
const manual: Readonly<Record<string, string>> = { PPR0: '010', DRV1: '020' };

/** Enters prices, PPR0 per so many units and DRV1 a fixed amount, in place of those of the same type; answers their steps. */
export async function setConditions(
  { tx }: Write,
  order: Order,
  key: Key,
  conditions: readonly Values[],
): Promise<string[]> {
  const steps: string[] = [];
  const decimals = await decimalsOf({ tx }, order.TransactionCurrency);
  for (const condition of conditions) {
    const type = textOf(condition, 'ConditionType') ?? '';
    const step = manual[type];
    if (step === undefined) throw messages.conditionUnknown(type);
    const rate = textOf(condition, 'ConditionRateValue') ?? '0';
    const currency = textOf(condition, 'ConditionCurrency') ?? order.TransactionCurrency;
    if (currency !== order.TransactionCurrency) throw messages.conditionCurrency(currency);
    if ((/\.(\d*?)0*$/.exec(rate)?.[1] ?? '').length > decimals) throw messages.rateTooFine(currency, decimals);
    steps.push(step);
    const place = [key['SalesOrder'], key['SalesOrderItem'], step];
    await tx.query(
      `delete from order_condition where ("SalesOrder", "SalesOrderItem", "PricingProcedureStep") = ($1, $2, $3)`,
      place,
    );
    await insertRow(tx, 'order_condition', {
      SalesOrder: key['SalesOrder']!,
      SalesOrderItem: key['SalesOrderItem']!,
      PricingProcedureStep: step,
      ConditionType: type,
      ConditionRateValue: rate,
      ConditionCurrency: currency,
      ConditionQuantity: type === 'PPR0' ? (textOf(condition, 'ConditionQuantity') ?? '1') : null,
      ConditionQuantityUnit: type === 'PPR0' ? textOf(condition, 'ConditionQuantityUnit') : null,
    });
  }
  return steps;
}

async function decimalsOf({ tx }: Pick<Write, 'tx'>, currency: string): Promise<number> {
  const { rows } = await tx.query<{ decimals: number }>('select decimals from currency where "Currency" = $1', [
    currency,
  ]);
  return rows[0]!.decimals;
}

const amounts = `
update order_condition c set "ConditionBaseValue" = i."RequestedQuantity",
  "ConditionAmount" = case c."ConditionType"
    when 'PPR0' then round(c."ConditionRateValue" * i."RequestedQuantity" / coalesce(nullif(c."ConditionQuantity", 0), 1), y.decimals)
    else round(c."ConditionRateValue", y.decimals) end
from sales_order_item i join sales_order o on o."SalesOrder" = i."SalesOrder" join currency y on y."Currency" = o."TransactionCurrency"
where i."SalesOrder" = $1 and i."SalesOrderItem" = $2 and c."SalesOrder" = i."SalesOrder" and c."SalesOrderItem" = i."SalesOrderItem"
  and c."ConditionType" <> 'TTX1'`;

/** A domestic customer pays the tax of the company code's country, others none. */
const taxed = `
select x."TaxCode" as code, x.percent::text, n.net::text, round(n.net * x.percent / 100, y.decimals)::text as tax, n.priced
from sales_order o join company_code c on c."CompanyCode" = o.company_code join currency y on y."Currency" = o."TransactionCurrency"
cross join lateral (select count(*) > 0 as priced, coalesce(sum("ConditionAmount"), round(0, y.decimals)) as net from order_condition
  where "SalesOrder" = $1 and "SalesOrderItem" = $2 and "ConditionType" <> 'TTX1') n
cross join lateral (select r.* from tax_rate r where r."Country" = '' or r."Country" = c."Country" and exists (
    select from partner_address a where a."BusinessPartner" = o."SoldToParty" and a."Country" = c."Country")
  order by r."Country" desc limit 1) x
where o."SalesOrder" = $1`;

interface Taxed {
  readonly code: string;
  readonly percent: string;
  readonly net: string;
  readonly tax: string;
  readonly priced: boolean;
}

/** Computes an item's net amount and tax from its prices and its quantity. @throws SapError when it has no price */
export async function priceItem({ tx }: Write, order: Order, item: string): Promise<void> {
  const key = [order.SalesOrder, item];
  await tx.query(amounts, key);
  const { code, percent, net, tax, priced } = (await tx.query<Taxed>(taxed, key)).rows[0]!;
  if (!priced) throw messages.priceMissing(item);
  await tx.query(
    `insert into order_condition ("SalesOrder", "SalesOrderItem", "PricingProcedureStep", "ConditionType", "ConditionRateValue", "ConditionBaseValue",
       "ConditionAmount", "ConditionIsManuallyChanged") values ($1, $2, '900', 'TTX1', $3, $4, $5, false)
     on conflict ("SalesOrder", "SalesOrderItem", "PricingProcedureStep", "PricingProcedureCounter")
     do update set "ConditionRateValue" = excluded."ConditionRateValue", "ConditionBaseValue" = excluded."ConditionBaseValue",
       "ConditionAmount" = excluded."ConditionAmount"`,
    [...key, percent, net, tax],
  );
  const sql = `update sales_order_item set "NetAmount" = $3, "TaxAmount" = $4, "TaxCode" = $5 where "SalesOrder" = $1 and "SalesOrderItem" = $2`;
  await tx.query(sql, [...key, net, tax, code]);
}

import { joinKey, lastDayOf, negate, periodOf, sum, type ControlTotal, type DecimalString } from '@tieout/canonical';
import { amountOf, fateOf, rowOf, type Mapped } from '@tieout/connector-erp';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { Row } from './odata.ts';
import { dayTotalRow } from './vendor-types.ts';

/** Documents of a company code, month of posting and currency. */
export interface TotalGroup {
  readonly object: 'invoice' | 'payment';
  readonly companyCode: string;
  readonly period: string;
  readonly currency: string;
}

/** Figures of a group as SAP states them: sums of days, and how many documents there are. */
export interface GroupTotals extends TotalGroup {
  readonly amounts: readonly string[];
  readonly count: number;
}

export function controlTotalIdOf({ object, companyCode, period, currency }: TotalGroup, origin: Origin): string {
  const legalEntityId = idOf('CompanyCode', origin, companyCode);
  return joinKey([object, legalEntityId, origin.instance, lastDayOf(period), period, currency]);
}

/** The ledger's sums of days by month. Receivables are positive there: payments are turned. */
export function byMonth(object: TotalGroup['object'], rows: readonly Row[]): Omit<GroupTotals, 'count'>[] {
  const groups = new Map<string, TotalGroup & { amounts: string[] }>();
  for (const row of rows.map((raw) => rowOf('sum of a day', dayTotalRow, raw))) {
    const [companyCode, currency, period] = [row.CompanyCode, row.TransactionCurrency, periodOf(row.PostingDate)];
    const key = joinKey([companyCode, period, currency]);
    const group = groups.get(key) ?? { object, companyCode, period, currency, amounts: [] };
    group.amounts.push(row.AmountInTransactionCurrency);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Count and sum of a legal entity's documents of one month and currency, as the general ledger has them. The cut-off is the month's end. */
export function mapControlTotal(totals: GroupTotals, origin: Origin): Mapped<Omit<ControlTotal, 'revision'>> {
  return fateOf(() => {
    const { object, companyCode, period, currency, count, amounts } = totals;
    const total = sum(amounts.map((text): DecimalString => amountOf('total', text, currency)));
    return {
      controlTotalId: controlTotalIdOf(totals, origin),
      object,
      legalEntityId: idOf('CompanyCode', origin, companyCode),
      instance: origin.instance,
      ...{ cutOff: lastDayOf(period), period, currency },
      count: BigInt(count),
      sums: [{ name: object === 'invoice' ? 'gross' : 'amount', amount: object === 'invoice' ? total : negate(total) }],
      source: sourceOf('CompanyCode', origin, companyCode),
    };
  });
}

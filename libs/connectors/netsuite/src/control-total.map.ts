import { joinKey, lastDayOf, subtract, type ControlTotal } from '@tieout/canonical';
import { amountOf, fateOf, type Mapped } from '@tieout/connector-erp';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { TotalRow } from './vendor-types.ts';

/** Key of a total: known also of a row whose figures cannot be read. */
export function controlTotalIdOf(
  object: 'invoice' | 'payment',
  { subsidiary, period, currency }: Pick<TotalRow, 'subsidiary' | 'period' | 'currency'>,
  origin: Origin,
): string {
  return joinKey([
    object,
    idOf('subsidiary', origin, subsidiary),
    origin.instance,
    lastDayOf(period),
    period,
    currency,
  ]);
}

/** Count and sums of a legal entity's documents of one month and currency, as NetSuite computed them. The cut-off is the month's end. */
export function mapControlTotal(
  object: 'invoice' | 'payment',
  row: TotalRow,
  origin: Origin,
): Mapped<Omit<ControlTotal, 'revision'>> {
  return fateOf(() => {
    const legalEntityId = idOf('subsidiary', origin, row.subsidiary);
    const cutOff = lastDayOf(row.period);
    const total = amountOf('total', row.total, row.currency);
    const open = amountOf('open', row.open, row.currency);
    const rest = subtract(total, open);
    const sums =
      object === 'invoice' ? { gross: total, open, paid: rest } : { amount: total, applied: rest, unapplied: open };
    return {
      controlTotalId: controlTotalIdOf(object, row, origin),
      object,
      legalEntityId,
      instance: origin.instance,
      cutOff,
      period: row.period,
      currency: row.currency,
      count: BigInt(row.count),
      sums: Object.entries(sums)
        .map(([name, amount]) => ({ name, amount }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      source: sourceOf('subsidiary', origin, { id: row.subsidiary }),
    };
  });
}

import { joinKey, lastDayOf, subtract, type ControlTotal } from '@tieout/canonical';
import { amountOf, fateOf, type Mapped } from './fate.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { TotalRow } from './vendor-types.ts';

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
      controlTotalId: joinKey([object, legalEntityId, origin.instance, cutOff, row.period, row.currency]),
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

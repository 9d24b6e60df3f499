import { compare, isCurrency, isDate, type ExchangeRate } from '@tieout/canonical';
import { fateOf, rateOf, refuse, type Mapped } from '@tieout/connector-erp';
import type { RateRow } from './dimension-rows.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';

/** What one unit of a currency is worth in a base currency, from a day on; NetSuite knows one type of rate. */
export function mapExchangeRate(row: RateRow, origin: Origin): Mapped<Omit<ExchangeRate, 'revision'>> {
  return fateOf(() => {
    for (const currency of [row.base, row.currency])
      if (!isCurrency(currency))
        refuse('unknown-currency', 'currency', `${JSON.stringify(currency)} is not an ISO 4217 currency`);
    const rate = rateOf('exchangerate', row.exchangerate);
    if (rate === null || compare(rate, '0') <= 0)
      refuse('invalid-value', 'exchangerate', `${JSON.stringify(row.exchangerate)} is no rate`);
    if (!isDate(row.effectivedate))
      refuse('invalid-value', 'effectivedate', `${JSON.stringify(row.effectivedate)} is not a date`);
    return {
      exchangeRateId: idOf('currencyRate', origin, row.id),
      lifecycle: 'ACTIVE',
      rateType: 'default',
      fromCurrency: row.currency,
      toCurrency: row.base,
      validFrom: row.effectivedate,
      rate,
      fromUnits: 1,
      toUnits: 1,
      instance: origin.instance,
      source: sourceOf('currencyRate', origin, row),
    };
  });
}

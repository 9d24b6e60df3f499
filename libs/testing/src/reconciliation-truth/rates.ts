import { fromUnits, minorUnits, toUnits } from '@tieout/canonical';
import type { Random } from '../random.ts';
import { dayAfter } from './calendar.ts';
import { CURRENCIES, otherCurrency } from './parties.ts';
import type { TruthRate } from './types.ts';

/** Ten-thousandths of the currency for one unit of its counter currency, around which the days swing. */
const AROUND: Readonly<Record<string, number>> = { EUR: 8_770, USD: 11_400, GBP: 8_550, JPY: 1_640_000, KWD: 3_380 };
const SCALE = 6;
/** Days before the cut-off for which there is a rate. */
export const RATES_REACH = 112;

/**
 * A rate for every day into the currencies that we trade in. It changes by two percent and more from one day to the next, so
 * that whoever takes the rate of another day misses every tolerance.
 */
export function createRates(random: Random, asOf: string): TruthRate[] {
  return CURRENCIES.flatMap((to) =>
    Array.from({ length: RATES_REACH }, (_, age) => ({
      from: otherCurrency(to),
      to,
      date: dayAfter(asOf, -age),
      rate: fromUnits(swung(AROUND[to] as number, age, random), SCALE),
      source: 'central bank, daily fixing',
    })),
  );
}

function swung(tenThousandths: number, age: number, random: Random): bigint {
  const base = BigInt(tenThousandths) * 10n ** BigInt(SCALE - 4);
  const swing = (age % 2 === 0 ? 1_000_000 : 1_035_000) + random.int(0, 10_000);
  return (base * BigInt(swing)) / 1_000_000n;
}

/**
 * What so many units of the counter currency are in `to` by the rate of that very day, to the smallest unit.
 * @throws Error when there is no rate
 */
export function converted(units: bigint, to: string, date: string, rates: readonly TruthRate[]): bigint {
  const rate = rates.find((one) => one.to === to && one.date === date);
  if (rate === undefined) throw new Error(`no rate to ${to} on ${date}`);
  const exact = units * toUnits(rate.rate, SCALE) * 10n ** BigInt(minorUnits(to));
  const divisor = 10n ** BigInt(SCALE + minorUnits(rate.from));
  return (2n * exact + divisor) / (2n * divisor);
}

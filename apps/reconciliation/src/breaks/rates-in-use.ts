import { compare, parseDecimal, type DecimalString } from '@tieout/canonical';
import type { RuleSet } from '@tieout/matching';
import { daysAfter, RATE_SCALE } from './valuation.ts';
import type { Rate } from './valuation.ts';

/** A rate as `finance.exchange-rate.v1` holds it. */
export interface ErpRate {
  readonly system: string;
  readonly instance: string;
  readonly rateType: string;
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly rate: DecimalString;
  readonly fromUnits: number;
  readonly toUnits: number;
}

/** Types that amounts are converted by: the average rate of SAP, and that of an ERP that knows one type only. */
const TYPES: ReadonlySet<string> = new Set(['M', 'default']);
/** A rate of an ERP that is older leaves its place to what people have stated. */
const IN_FORCE_DAYS = 31;

/**
 * Rates of one unit, of each pair and day one: of several ERPs that of the first by name. A rate whose units make no exact decimal
 * number of one unit is left out.
 */
export function erpRates(stated: readonly ErpRate[]): readonly Rate[] {
  const rates = stated
    .filter(({ rateType }) => TYPES.has(rateType))
    .flatMap(({ system, instance, rateType, from, to, date, ...figures }): Rate[] => {
      const rate = ofOneUnit(figures);
      return rate === null ? [] : [{ from, to, date, rate, source: `${system}/${instance} ${rateType}` }];
    })
    .toSorted((a, b) => (a.source < b.source ? 1 : -1));
  return [...new Map(rates.map((rate) => [keyOf(rate), rate])).values()];
}

/**
 * What amounts are converted by: the rates of the ERPs, and what people have stated where no ERP has one in force, or where a rule names
 * its source.
 */
export function ratesInUse(
  erp: readonly Rate[],
  stated: readonly Rate[],
  named: ReadonlySet<string> = new Set(),
): readonly Rate[] {
  const byPair = Map.groupBy(erp, pairOf);
  const covered = ({ date, ...pair }: Rate): boolean =>
    byPair.get(pairOf(pair))?.some((rate) => rate.date <= date && rate.date > daysAfter(date, -IN_FORCE_DAYS)) ?? false;
  return [...erp, ...stated.filter((rate) => named.has(rate.source) || !covered(rate))];
}

/** Sources that fx rules name. */
export function namedSources(ruleSets: readonly RuleSet[]): ReadonlySet<string> {
  return new Set(
    ruleSets.flatMap(({ rules }) =>
      rules.flatMap((rule) => (rule.kind === 'fx' && rule.rate.source !== null ? [rule.rate.source] : [])),
    ),
  );
}

/** Units are powers of ten wherever amounts are quoted; of others most quotients have no end. */
function ofOneUnit({
  rate,
  fromUnits,
  toUnits,
}: Pick<ErpRate, 'rate' | 'fromUnits' | 'toUnits'>): DecimalString | null {
  const [up, down] = [toUnits, fromUnits].map(exponentOf);
  if (up === undefined || down === undefined || up === null || down === null || compare(rate, '0') <= 0) return null;
  return parseDecimal(`${rate}e${up - down}`, RATE_SCALE);
}

/** Of a power of ten up to a million, else null. */
function exponentOf(units: number): number | null {
  const digits = /^1(0{0,6})$/.exec(String(units))?.[1];
  return digits === undefined ? null : digits.length;
}

/** The two currencies in either direction: who states one states the other. */
const pairOf = ({ from, to }: Pick<Rate, 'from' | 'to'>): string => [from, to].toSorted().join(' ');
const keyOf = ({ from, to, date }: Rate): string => `${from} ${to} ${date}`;

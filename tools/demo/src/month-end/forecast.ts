import { addMonths, isZero, periodOf, periodRange, sum, type Period } from '@tieout/canonical';
import { percentOf } from './amounts.ts';
import { FORECAST_VERSIONS } from './catalogue.ts';
import type { Random } from '@tieout/testing/programs';
import type { Contract, ForecastCell, LegalEntity } from './scenario.ts';

const MONTHS_BEFORE = 2;
const MONTHS_AFTER = 3;
/** Where nothing is sold yet, planners hope. */
const HOPE = '25000';

/** What planners expect to bill and to collect: around what the contracts say, each version with a view of its own. */
export function forecastOf(
  contracts: readonly Contract[],
  entities: readonly LegalEntity[],
  month: Period,
  random: Random,
): ForecastCell[] {
  const sold = soldByPlace(contracts);
  const billings = (entity: string, period: Period): string => {
    const amount = sold.get(`${entity} ${period}`) ?? '0';
    return isZero(amount) ? HOPE : amount;
  };
  const months = periodRange(addMonths(month, -MONTHS_BEFORE), addMonths(month, MONTHS_AFTER));
  return FORECAST_VERSIONS.flatMap((version) =>
    entities.flatMap(({ code: entity, currency }) =>
      months.flatMap((period): ForecastCell[] => {
        const place = { version, entity, currency, month: period };
        return [
          { ...place, lineItem: 'Billings', amount: percentOf(billings(entity, period), random.int(90, 110)) },
          {
            ...place,
            lineItem: 'Collections',
            amount: percentOf(billings(entity, addMonths(period, -1)), random.int(85, 100)),
          },
        ];
      }),
    ),
  );
}

function soldByPlace(contracts: readonly Contract[]): ReadonlyMap<string, string> {
  const parts = contracts.flatMap(({ entity, lines }) =>
    lines.map(({ billOn, net }) => ({ place: `${entity} ${periodOf(billOn)}`, net })),
  );
  const groups = Map.groupBy(parts, ({ place }) => place);
  return new Map([...groups].map(([place, lines]) => [place, sum(lines.map(({ net }) => net))]));
}

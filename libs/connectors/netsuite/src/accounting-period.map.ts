import { isDate, type AccountingPeriod } from '@tieout/canonical';
import { fateOf, refuse, type Mapped } from '@tieout/connector-erp';
import type { PeriodRow } from './dimension-rows.ts';
import { idOf, sourceOf, type Origin } from './identity.ts';

/** A period with what stands above and beside it; NetSuite's periods are those of all subsidiaries. */
export function mapAccountingPeriod(
  row: PeriodRow,
  all: readonly PeriodRow[],
  origin: Origin,
): Mapped<Omit<AccountingPeriod, 'revision'>> {
  return fateOf(() => {
    const kind = kindOf(row);
    const year = yearOf(row, all);
    const [startDate, endDate] = [dateOf('startdate', row.startdate), dateOf('enddate', row.enddate)];
    return {
      accountingPeriodId: idOf('accountingPeriod', origin, row.id),
      lifecycle: 'ACTIVE',
      name: row.periodname,
      kind,
      // Documents name the period that they are posted to in the same way.
      period: kind === 'BASE' ? endDate.slice(0, 7) : null,
      fiscalYear: year?.periodname ?? null,
      number: kind === 'BASE' && year ? placeIn(year, row, all) : null,
      startDate,
      endDate,
      legalEntityId: null,
      parentId: row.parent === undefined ? null : idOf('accountingPeriod', origin, row.parent),
      status: row.closed === 'T' ? 'CLOSED' : row.alllocked === 'T' ? 'LOCKED' : 'OPEN',
      ledgers: [
        { ledger: 'RECEIVABLE', status: row.arlocked === 'T' ? 'LOCKED' : 'OPEN' },
        { ledger: 'PAYABLE', status: row.aplocked === 'T' ? 'LOCKED' : 'OPEN' },
      ],
      instance: origin.instance,
      source: sourceOf('accountingPeriod', origin, row),
    };
  });
}

function kindOf(row: PeriodRow): 'BASE' | 'ADJUSTMENT' | 'QUARTER' | 'YEAR' {
  if (row.isyear === 'T') return 'YEAR';
  if (row.isquarter === 'T') return 'QUARTER';
  return row.isadjust === 'T' ? 'ADJUSTMENT' : 'BASE';
}

function dateOf(field: string, text: string): string {
  return isDate(text) ? text : refuse('invalid-value', field, `${field} ${JSON.stringify(text)} is not a date`);
}

/** The year that a period stands in, by its parents. */
function yearOf(row: PeriodRow, all: readonly PeriodRow[]): PeriodRow | null {
  let at: PeriodRow | undefined = row;
  // A tree of years has four levels; a circle has none that ends.
  for (let level = 0; at !== undefined && level < 8; level += 1) {
    if (at.isyear === 'T') return at;
    const { parent }: PeriodRow = at;
    at = all.find(({ id }) => id === parent);
  }
  return null;
}

/** 1 for the first month of the year. */
function placeIn(year: PeriodRow, row: PeriodRow, all: readonly PeriodRow[]): number {
  const months = all.filter((other) => kindOf(other) === 'BASE' && yearOf(other, all)?.id === year.id);
  return months.filter(({ startdate }) => startdate <= row.startdate).length;
}

import { add, formatAmount, isZero, periodOf, subtract } from '@tieout/canonical';
import type { Receivable } from './receivables.ts';

/** What a station says of one legal entity and month. Amounts are decimal strings with the currency's minor units. */
export interface Figure {
  readonly country: string;
  /** YYYY-MM */
  readonly month: string;
  readonly currency: string;
  readonly invoices: number;
  /** Invoices, invoiced and open count in the month of the invoice date, paid in the month of settlement. */
  readonly invoiced: string;
  readonly paid: string;
  readonly open: string;
}
export type Measure = 'invoices' | 'invoiced' | 'paid' | 'open';
export const MEASURES: readonly Measure[] = ['invoices', 'invoiced', 'paid', 'open'];

export const STATIONS = ['file', 'erp', 'topic', 'planning'] as const;
export type Station = (typeof STATIONS)[number];
export type Stations = Readonly<Record<Station, readonly Figure[]>>;

/** A contribution to the figure of its legal entity, month and currency. */
export type Contribution = Pick<Figure, 'country' | 'month' | 'currency'> & Partial<Pick<Figure, Measure>>;

/** Sums contributions into figures ordered by legal entity, month, currency; a figure that is zero throughout is left out. */
export function sumFigures(contributions: Iterable<Contribution>): Figure[] {
  const totals = new Map<string, Figure>();
  for (const part of contributions) {
    const key = figureKey(part);
    const { country, month, currency } = part;
    const sum = totals.get(key) ?? { country, month, currency, invoices: 0, invoiced: '0', paid: '0', open: '0' };
    totals.set(key, {
      ...sum,
      invoices: sum.invoices + (part.invoices ?? 0),
      invoiced: add(sum.invoiced, part.invoiced ?? '0'),
      paid: add(sum.paid, part.paid ?? '0'),
      open: add(sum.open, part.open ?? '0'),
    });
  }
  return [...totals.values()].filter(isSomething).map(formatted).sort(byKey);
}

export const figureKey = ({ country, month, currency }: Pick<Figure, 'country' | 'month' | 'currency'>): string =>
  JSON.stringify([country, month, currency]);

function isSomething(figure: Figure): boolean {
  return figure.invoices !== 0 || [figure.invoiced, figure.paid, figure.open].some((amount) => !isZero(amount));
}

function formatted(figure: Figure): Figure {
  const text = (amount: string): string => formatAmount(amount, figure.currency);
  return { ...figure, invoiced: text(figure.invoiced), paid: text(figure.paid), open: text(figure.open) };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By country, month and currency: the order of every list of figures. */
export function byKey(a: Figure, b: Figure): number {
  return compareText(a.country, b.country) || compareText(a.month, b.month) || compareText(a.currency, b.currency);
}

/** What of a row counts as of a day: an invoice dated later does not exist, a settlement later has not happened. */
export function asOf(rows: readonly Receivable[], day: string | null): Receivable[] {
  if (day === null) return [...rows];
  return rows
    .filter(({ invoiceDate }) => invoiceDate <= day)
    .map((row) => (row.settledDate !== null && row.settledDate > day ? { ...row, settledDate: null } : row));
}

/** The file's own figures: exact sums over the accepted rows. */
export function fileFigures(rows: readonly Receivable[], currency: string): Figure[] {
  return sumFigures(rows.flatMap((row) => contributions(row, currency)));
}

function contributions({ country, amount, invoiceDate, settledDate }: Receivable, currency: string): Contribution[] {
  const open = settledDate === null ? amount : '0';
  const invoice = { country, month: periodOf(invoiceDate), currency, invoices: 1, invoiced: amount, open };
  if (settledDate === null) return [invoice];
  return [invoice, { country, month: periodOf(settledDate), currency, paid: amount }];
}

/** One measure of one legal entity and month on which the stations do not agree. */
export interface Difference<S extends string = Station> {
  readonly country: string;
  readonly month: string;
  readonly currency: string;
  readonly measure: Measure;
  readonly values: Readonly<Record<S, string>>;
}

/**
 * Every difference between any station and the one that is right; a station that has no such figure says zero.
 * @param right name of the station that the others are held against
 */
export function differencesFrom<S extends string>(
  right: NoInfer<S>,
  stations: Readonly<Record<S, readonly Figure[]>>,
): Difference<S>[] {
  const names = Object.keys(stations) as S[];
  const indexed = names.map((station) => [station, new Map(stations[station].map((f) => [figureKey(f), f]))] as const);
  const all = new Map(names.flatMap((station) => stations[station].map((f) => [figureKey(f), f] as const)));
  return [...all.values()].sort(byKey).flatMap(({ country, month, currency }) =>
    MEASURES.flatMap((measure) => {
      const value = (figure: Figure | undefined): string => String(figure?.[measure] ?? '0');
      const values = Object.fromEntries(
        indexed.map(([station, figures]) => [station, value(figures.get(figureKey({ country, month, currency })))]),
      ) as Record<S, string>;
      const same = names.every((station) => isZero(subtract(values[station], values[right])));
      return same ? [] : [{ country, month, currency, measure, values }];
    }),
  );
}

/** Every difference from what the file says. */
export const differences = (stations: Stations): Difference[] => differencesFrom('file', stations);

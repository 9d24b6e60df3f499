import { formatAmount, sum as addUp } from '@tieout/canonical';
import { differences, figureKey, MEASURES, STATIONS, type Difference, type Figure, type Stations } from './figures.ts';
import type { RejectedRow } from './receivables.ts';
import { layout } from './table.ts';

/** A difference that reconciliation proved, or that the stations show. */
export interface ReportedBreak {
  readonly check: string;
  readonly kind: string;
  readonly object: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** What `--report` writes. Amounts are decimal strings. */
export interface Report {
  readonly stations: Stations;
  readonly rejected: readonly RejectedRow[];
  readonly breaks: readonly ReportedBreak[];
  /** Records per topic as a read_committed reader counts them. */
  readonly topics: Readonly<Record<string, number>>;
}

/** Differences between stations as breaks, one for each station that says something else than the file. */
export function stationBreaks(differences: readonly Difference[]): ReportedBreak[] {
  return differences.flatMap(({ country, month, currency, measure, values }) =>
    STATIONS.filter((station) => values[station] !== values.file).map((station) => ({
      check: 'stations',
      kind: `${station}-${measure}`,
      object: `${country}|${month}|${currency}`,
      expected: values.file,
      actual: values[station],
    })),
  );
}

/** What did not come, or could not be read: nothing is proved about it. */
export function incompleteBreak(object: string, found: string): ReportedBreak {
  return { check: 'demo', kind: 'incomplete', object, expected: 'complete', actual: found };
}

/** A table with one line per legal entity and month: what the stations agree on, or each station's figure where they do not. */
export function figureTable(stations: Stations, differing: readonly Difference[]): string {
  const indexed = STATIONS.map((station) => ({
    station,
    figures: new Map(stations[station].map((f) => [figureKey(f), f])),
  }));
  const keys = new Map(STATIONS.flatMap((station) => stations[station].map((f) => [figureKey(f), f] as const)));
  const bad = new Set(differing.map(figureKey));
  const rows = [...keys.values()].sort(byPlace).flatMap((place) => {
    const key = figureKey(place);
    if (!bad.has(key)) return [[...cells(place, 'all four'), ...amounts(indexed[0]!.figures.get(key))]];
    return indexed.map(({ station, figures }) => [...cells(place, station), ...amounts(figures.get(key))]);
  });
  const header = ['Legal entity', 'Month', 'Currency', 'Station', 'Invoices', 'Invoiced', 'Paid', 'Open'];
  return [...layout([header, ...rows], 4), '', ...layout(totals(stations), 2)].join('\n');
}

const cells = ({ country, month, currency }: Figure, station: string): string[] => [country, month, currency, station];
const amounts = (figure: Figure | undefined): string[] => MEASURES.map((measure) => String(figure?.[measure] ?? '-'));

function byPlace(a: Figure, b: Figure): number {
  return figureKey(a) < figureKey(b) ? -1 : 1;
}

function totals(stations: Stations): string[][] {
  const rows = STATIONS.map((station) => {
    const figures = stations[station];
    const currency = figures[0]?.currency ?? '';
    const sum = (measure: 'invoiced' | 'paid' | 'open'): string =>
      total(
        figures.map((f) => f[measure]),
        currency,
      );
    const count = figures.reduce((n, f) => n + f.invoices, 0);
    return [station, currency, String(count), sum('invoiced'), sum('paid'), sum('open')];
  });
  return [['Station', 'Currency', 'Invoices', 'Invoiced', 'Paid', 'Open'], ...rows];
}

function total(values: readonly string[], currency: string): string {
  return currency === '' ? '0' : formatAmount(addUp(values), currency);
}

export function rejectedText(rejected: readonly RejectedRow[]): string {
  return rejected.map(({ line, reason }) => `line ${line}: ${reason}`).join('\n');
}

export function breakText(breaks: readonly ReportedBreak[]): string {
  return breaks
    .map(
      ({ check, kind, object, expected, actual }) =>
        `${check} ${kind} ${object}: expected ${expected ?? '-'}, found ${actual ?? '-'}`,
    )
    .join('\n');
}

/** The report for a person. */
export function reportText(report: Report): string {
  const { stations, rejected, breaks } = report;
  const parts = [figureTable(stations, differences(stations))];
  if (rejected.length > 0) parts.push(`${rejected.length} rows rejected:\n${rejectedText(rejected)}`);
  if (breaks.length > 0) parts.push(`${breaks.length} breaks:\n${breakText(breaks)}`);
  parts.push(verdict(report));
  return parts.join('\n\n');
}

function verdict({ stations, breaks }: Report): string {
  if (breaks.length > 0) return 'The stations do not agree, or there are breaks.';
  if (stations.file.length === 0) return 'No receivables to compare.';
  return 'File, ERP, topics and planning agree to the cent; no break.';
}

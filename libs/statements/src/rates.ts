import { isCurrency, isDate, parseDecimal } from '@tieout/canonical';
import type { ExchangeRate } from '@tieout/matching';
import { dialectOf } from './csv-header.ts';
import { recordReader, type CsvRecord } from './csv-records.ts';
import { problemAt, shown, UnreadableFile, type Problem } from './problem.ts';

const COLUMNS = ['from', 'to', 'date', 'rate', 'source'] as const;
type Column = (typeof COLUMNS)[number];
type Cells = Readonly<Partial<Record<Column, string>>>;

/**
 * Exchange rates: CSV with from, to, date, rate and optionally source. A rate has a decimal point and no thousands: 1.085 must
 * not be taken for a thousand, nor the other way round. Any problem means that no rate may be used.
 * @param name of the file, the source of rates that name none
 */
export function parseRates(
  text: string,
  name: string,
): { rates: readonly ExchangeRate[]; problems: readonly Problem[] } {
  const rates: ExchangeRate[] = [];
  const problems: Problem[] = [];
  let header: readonly string[] | undefined;
  const take = (record: CsvRecord): void => {
    const cells = record.cells.map((cell) => cell.trim());
    if (header === undefined) {
      header = cells.map((cell) => cell.toLowerCase());
      const missing = COLUMNS.filter((column) => column !== 'source' && !header!.includes(column));
      if (missing.length > 0)
        throw new UnreadableFile('missing-column', `the header of the rates has no ${missing.join(', ')}`, {
          line: record.line,
        });
      return;
    }
    const named: Cells = Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']));
    const found =
      cells.length === header.length
        ? problemsOf(named)
        : [`the row has ${cells.length} cells, the header ${header.length}`];
    problems.push(...found.map((reason) => problemAt(record.line, null, 'bad-rate', reason)));
    if (found.length === 0) rates.push(rateOf(named, name));
  };
  try {
    const clean = text.replace(/^\ufeff/, '');
    const { separator, newline } = dialectOf(clean, { columns: {} });
    const reader = recordReader(separator, newline, take);
    reader.push(clean);
    reader.end();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    problems.push(error.problem);
  }
  return { rates: problems.length === 0 ? rates : [], problems };
}

function problemsOf({ from = '', to = '', date = '', rate = '' }: Cells): string[] {
  const unknown = [from, to]
    .filter((code) => !isCurrency(code))
    .map((code) => `${shown(code)} is not an ISO 4217 currency code`);
  const problems = from === to && unknown.length === 0 ? [`a rate from ${from} to itself`] : unknown;
  if (!isDate(date)) problems.push(`${shown(date)} is no day written as YYYY-MM-DD`);
  if (!/^\d{1,12}(\.\d{1,20})?$/.test(rate) || /^[0.]+$/.test(rate))
    problems.push(`${shown(rate)} is no rate: digits with a decimal point, more than zero`);
  return problems;
}

const rateOf = ({ from = '', to = '', date = '', rate = '', source = '' }: Cells, name: string): ExchangeRate => ({
  from,
  to,
  date,
  rate: parseDecimal(rate),
  source: source || name,
});

import { parseDecimal } from '@tieout/canonical';

/** A customer's invoice that was paid. */
export interface Invoice {
  readonly number: string;
  readonly customer: string;
  /** Code of the country whose company issued it. */
  readonly country: string;
  /** Canonical decimal text, at most two digits after the point. */
  readonly amount: string;
  /** YYYY-MM-DD */
  readonly issued: string;
  readonly settled: string;
}

const COLUMNS = {
  number: 'invoiceNumber',
  customer: 'customerID',
  country: 'countryCode',
  amount: 'InvoiceAmount',
  issued: 'InvoiceDate',
  settled: 'SettledDate',
} as const;

/**
 * Text of a CSV file without quotes whose first line names the columns, days as M/D/YYYY.
 * @throws RangeError naming the line that is not like that
 */
export function parseInvoices(text: string): Invoice[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = head.split(',');
  const at = (column: keyof typeof COLUMNS): number => {
    const index = names.indexOf(COLUMNS[column]);
    if (index < 0) throw new RangeError(`the file has no column ${COLUMNS[column]}`);
    return index;
  };
  const columns = Object.keys(COLUMNS).map((column) => [column, at(column as keyof typeof COLUMNS)] as const);
  return lines.map((line, n) => {
    const cells = line.split(',');
    const raw = Object.fromEntries(columns.map(([column, index]) => [column, cells[index] ?? '']));
    return invoice(raw as Record<keyof typeof COLUMNS, string>, n + 2);
  });
}

function invoice(raw: Record<keyof typeof COLUMNS, string>, line: number): Invoice {
  try {
    return { ...raw, amount: parseDecimal(raw.amount, 2), issued: day(raw.issued), settled: day(raw.settled) };
  } catch (error) {
    throw new RangeError(`line ${line}: ${(error as Error).message}`, { cause: error });
  }
}

function day(text: string): string {
  const [, month, date, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  if (month === undefined || date === undefined || year === undefined)
    throw new RangeError(`${JSON.stringify(text)} is not a day as M/D/YYYY`);
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
}

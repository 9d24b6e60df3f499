import { parseArgs } from 'node:util';

export interface Options {
  readonly seeds: readonly number[];
  /** Items of both sides together, for each seed, as nearly as cases allow. */
  readonly items: number;
  readonly json: string | null;
  readonly document: string | null;
  /** CSV of invoices with the day on which each was paid. */
  readonly receivables: string | null;
  /** Folder for pairs of files whose truth is known. */
  readonly write: string | null;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- quality [options]
  --seeds 1,2,3        worlds to plant, default 1 to 10
  --items N            items of a world, default 2000
  --receivables FILE   also the real case: invoices (invoiceNumber, customerID, countryCode, InvoiceDate, InvoiceAmount,
                       SettledDate) against a bank statement that is derived from them
  --json FILE          write the figures as JSON
  --document FILE      write the figures as a page (docs/reference/reconciliation-quality.md)
  --write DIR          write pairs of files with their truth, to try the command line on
  --help
Exit code 1: something was matched that does not belong together, a planted break was not found, a doubt was hidden, or an
item was not in exactly one group.`;

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** @throws TypeError for what is no option of ours, RangeError for a bad number */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      items: { type: 'string' },
      json: { type: 'string' },
      document: { type: 'string' },
      receivables: { type: 'string' },
      write: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  return {
    seeds: values.seeds?.split(',').map((text) => whole('seeds', text)) ?? SEEDS,
    items: whole('items', values.items ?? '2000'),
    json: values.json ?? null,
    document: values.document ?? null,
    receivables: values.receivables ?? null,
    write: values.write ?? null,
    help: values.help ?? false,
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} takes whole numbers above 0, not ${JSON.stringify(text)}`);
  return value;
}

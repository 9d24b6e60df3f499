import { parseArgs } from 'node:util';
import { COMMON, commonOptions, type CommonOptions, positive } from '../options.ts';

export interface Options extends CommonOptions {
  /** Invoices, with three lines each, that changed. */
  readonly invoices: number;
  /** Customers to be brought into the ERP. */
  readonly customers: number;
  /** Records that are written one by one and in batches. */
  readonly writes: number;
  /** How long a vendor far away takes for a call, beside its work. */
  readonly vendorMs: number;
}

export const USAGE = `npm run bench -- erp [options]
  --json FILE        write the results as JSON
  --document FILE    write the results as a page, with its plot beside it (docs/reference/erp-speed.md)
  --from A,B         with --document: from the JSON of earlier runs instead of a run
  --only A,B         only scenarios whose name starts so, e.g. read,batch
  --invoices N       changed invoices with three lines each, default 100000
  --customers N      customers to be written under a budget of ten calls, default 10000
  --writes N         records written singly and in batches, default 1000
  --vendor-ms N      what a vendor far away takes for a call beside its work, default 50
  --rounds N         alternating rounds, default 3
  --check            exit 1 when a target is missed
  --help`;

/** @throws TypeError for what is no option of ours, RangeError for a bad number */
export function parseOptions(args: readonly string[]): Options {
  const own = {
    invoices: { type: 'string' },
    customers: { type: 'string' },
    writes: { type: 'string' },
    'vendor-ms': { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options: { ...COMMON, ...own } });
  return {
    ...commonOptions(values),
    invoices: positive('invoices', values.invoices, 100_000),
    customers: positive('customers', values.customers, 10_000),
    writes: positive('writes', values.writes, 1_000),
    vendorMs: positive('vendor-ms', values['vendor-ms'], 50),
  };
}

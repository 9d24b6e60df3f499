import { parseArgs } from 'node:util';
import { COMMON, commonOptions, type CommonOptions, positive } from '../options.ts';

export interface Options extends CommonOptions {
  /** Items of each side of the largest comparison. */
  readonly items: number;
  /** Single changes whose decision is measured, each round. */
  readonly changes: number;
  /** Subset searches of each kind, each round. */
  readonly searches: number;
  /** Folder for CPU profiles of the measured program. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench -- reconciliation [options]
  --json FILE        write the results as JSON
  --document FILE    write the results as a page, with its plot beside it (docs/reference/reconciliation-speed.md)
  --from A,B         with --document: from the JSON of earlier runs instead of a run
  --only A,B         only scenarios whose name starts so, e.g. subsets,full
  --items N          items of each side, default 1000000; 20000 takes some 20 seconds
  --changes N        single changes, each decided anew, default 500
  --searches N       subset searches of each kind, default 100
  --rounds N         alternating rounds, default 3
  --profile DIR      leaves a CPU profile of the measured program there
  --check            exit 1 when a target is missed
  --help`;

/** @throws TypeError for what is no option of ours, RangeError for a bad number */
export function parseOptions(args: readonly string[]): Options {
  const own = {
    items: { type: 'string' },
    changes: { type: 'string' },
    searches: { type: 'string' },
    profile: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options: { ...COMMON, ...own } });
  return {
    ...commonOptions(values),
    items: positive('items', values.items, 1_000_000),
    changes: positive('changes', values.changes, 500),
    searches: positive('searches', values.searches, 100),
    profile: values.profile ?? null,
  };
}

import { parseArgs } from 'node:util';
import { COMMON, commonOptions, type CommonOptions, positive } from '../options.ts';

export interface Options extends CommonOptions {
  /** Events of the throughput subjects that can take them; slower ones get their share. */
  readonly events: number;
  /** 1: bursts and latencies run as long as documented. */
  readonly timeScale: number;
  /** Folder for CPU profiles of the measured programs. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench -- messaging [options]
  --json FILE        write the results as JSON
  --document FILE    write the results as a page, with its plot beside it (docs/reference/performance.md)
  --from A,B         with --document: from the JSON of earlier runs instead of a run
  --only A,B         only scenarios whose name starts so, e.g. consume,publish/tieout
  --events N         events of a throughput measurement, default 300000
  --rounds N         alternating rounds, default 3
  --time-scale X     shortens or lengthens what takes a fixed time, default 1
  --profile DIR      leaves a CPU profile of each measured Node program there
  --check            exit 1 when a target is missed
  --help`;

/** @throws TypeError for what is no option of ours, RangeError for a bad number */
export function parseOptions(args: readonly string[]): Options {
  const own = { events: { type: 'string' }, 'time-scale': { type: 'string' }, profile: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options: { ...COMMON, ...own } });
  return {
    ...commonOptions(values),
    events: positive('events', values.events, 300_000),
    timeScale: positive('time-scale', values['time-scale'], 1),
    profile: values.profile ?? null,
  };
}

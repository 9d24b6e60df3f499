import { parseArgs } from 'node:util';

export interface Options {
  readonly json: string | null;
  readonly document: string | null;
  readonly only: readonly string[];
  /** Events of the throughput subjects that can take them; slower ones get their share. */
  readonly events: number;
  readonly rounds: number;
  /** 1: bursts and latencies run as long as documented. */
  readonly timeScale: number;
  /** Folder for CPU profiles of the measured programs. */
  readonly profile: string | null;
  readonly check: boolean;
  readonly help: boolean;
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
export function parseOptions(args: readonly string[]): Options & { readonly from: readonly string[] | null } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      document: { type: 'string' },
      from: { type: 'string' },
      only: { type: 'string' },
      events: { type: 'string' },
      rounds: { type: 'string' },
      'time-scale': { type: 'string' },
      profile: { type: 'string' },
      check: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  return {
    json: values.json ?? null,
    document: values.document ?? null,
    from: values.from?.split(',') ?? null,
    only: values.only?.split(',').filter(Boolean) ?? [],
    events: positive('events', values.events, 300_000),
    rounds: positive('rounds', values.rounds, 3),
    timeScale: positive('time-scale', values['time-scale'], 1),
    profile: values.profile ?? null,
    check: values.check ?? false,
    help: values.help ?? false,
  };
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new RangeError(`--${name} takes a number above 0, not ${String(text)}`);
  return value;
}

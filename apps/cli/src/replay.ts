import { callGuarded, layout, NoAnswer, NoRunningDemo, readDiscovery } from '@tieout/demo';
import type { ReplayRow } from '@tieout/messaging';
import { Command, InvalidArgumentError } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { ago } from './text.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

interface Flags extends Common, TokenFlags {
  readonly service?: string;
}

/** A replay and the service that carries it out. */
type Found = ReplayRow & { readonly service: string };

const WATCH_MS = 1_000;

/** Hands records to a consumer again: docs/how-to/replay-a-topic.md. */
export function replay(): Command {
  const command = withToken(new Command('replay').description('rebuilds what a service keeps of a topic, in place'));
  for (const define of [start, list, show, stop]) command.addCommand(define());
  return command;
}

function start(): Command {
  return new Command('start')
    .description('starts one; a service takes one at a time of a topic')
    .requiredOption('--service <name>', 'whose rows')
    .requiredOption('--topic <topic>', 'of which records, e.g. finance.invoice.v1')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--from <when>', 'beginning, or an instant like 2026-03-01T00:00:00Z', sinceWhen, 'beginning')
    .option('--reset', 'replace what is stored, also where it is as new as the topic', false)
    .option('--rate <n>', 'most records handed over per second', wholeNumber(1, 1_000_000))
    .option('--watch', 'follow it to its end; exit code 1 when it fails', false)
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags & StartFlags>();
      const { service, topic, from, reset, rate = null, reason } = flags;
      const [at] = await servicesOf(flags);
      const body = { topic, from, reset, rate, reason };
      const row = (await at!.call('replays', { method: 'POST', body })) as ReplayRow;
      await tell(flags, at!, { ...row, service: service! });
    });
}

interface StartFlags extends WatchFlags {
  readonly topic: string;
  readonly from: string;
  readonly reset: boolean;
  readonly rate?: number;
  readonly reason: string;
}

interface WatchFlags {
  readonly watch: boolean;
}

function list(): Command {
  return new Command('list')
    .description('of all services, newest first')
    .option('--service <name>', 'of this one')
    .option('--limit <n>', 'most of each service', wholeNumber(1, 200), 20)
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags & { limit: number }>();
      const pages = await Promise.all((await servicesOf(flags)).map((service) => pageOf(service, flags.limit)));
      const found = pages.flat().toSorted((a, b) => (a.requestedAt > b.requestedAt ? -1 : 1));
      print(flags.json, { replays: found }, () => replaysText(found, new Date()));
    });
}

function show(): Command {
  return new Command('show')
    .description('one, with what became of its records')
    .argument('<id>')
    .option('--service <name>', 'whose it is')
    .option('--watch', 'follow it to its end; exit code 1 when it fails', false)
    .action(async (id: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags & WatchFlags>();
      const { service, row } = await whose(await servicesOf(flags), id);
      await tell(flags, service, row);
    });
}

function stop(): Command {
  return new Command('stop')
    .description('stops one after the chunk under way; what it did stays')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--service <name>', 'whose it is')
    .action(async (id: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags & { reason: string }>();
      const { service } = await whose(await servicesOf(flags), id);
      const call = { method: 'POST', body: { reason: flags.reason } } as const;
      const row = (await service.call(`replays/${id}/stop`, call)) as ReplayRow;
      print(flags.json, { ...row, service: service.name }, () =>
        replayText({ ...row, service: service.name }, new Date()),
      );
    });
}

interface Service {
  readonly name: string;
  call(path: string, options?: { method: 'POST'; body: object }): Promise<unknown>;
}

async function servicesOf(flags: Flags): Promise<readonly Service[]> {
  const { services } = readDiscovery(flags.stack);
  const wanted = Object.entries(services).filter(([name]) => flags.service === undefined || name === flags.service);
  if (wanted.length === 0) throw new NoRunningDemo(`no service ${flags.service ?? ''} is announced there`);
  const token = await bearerToken(flags);
  return wanted.map(([name, { url }]) => ({
    name,
    call: (path, options) => callGuarded(`${url}/${path}`, { token, ...options }),
  }));
}

async function pageOf({ name, call }: Service, limit: number): Promise<Found[]> {
  const { replays } = (await call(`replays?limit=${limit}`)) as { replays: ReplayRow[] };
  return replays.map((row) => ({ ...row, service: name }));
}

async function whose(services: readonly Service[], id: string): Promise<{ service: Service; row: Found }> {
  for (const service of services) {
    try {
      const row = (await service.call(`replays/${encodeURIComponent(id)}`)) as ReplayRow;
      return { service, row: { ...row, service: service.name } };
    } catch (error) {
      if (!(error instanceof NoAnswer && error.status === 404)) throw error;
    }
  }
  throw new NoAnswer(`no service has a replay ${id}`, 404);
}

/** Prints it, once or until it has ended. */
async function tell(flags: Flags & WatchFlags, service: Service, first: Found): Promise<void> {
  let row = first;
  while (flags.watch && row.status === 'running') {
    if (!flags.json) print(false, {}, () => progressText(row));
    await delay(WATCH_MS);
    row = { ...row, ...((await service.call(`replays/${row.replayId}`)) as ReplayRow) };
  }
  print(flags.json, row, () => replayText(row, new Date()));
  if (row.status === 'failed') process.exitCode = EXIT.notReady;
}

function sinceWhen(text: string): string {
  if (text === 'beginning') return text;
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('beginning, or an instant like 2026-03-01T00:00:00Z');
  return new Date(text).toISOString();
}

/** Offsets of the ranges: those behind, and all. */
function progress({ partitions }: ReplayRow): { done: number; all: number; share: string } {
  const of = (offset: 'nextOffset' | 'endOffset'): number =>
    partitions.reduce((sum, partition) => sum + Number(partition[offset]) - Number(partition.firstOffset), 0);
  const [done, all] = [of('nextOffset'), of('endOffset')];
  return { done, all, share: all === 0 ? '100 %' : `${Math.floor((100 * done) / all)} %` };
}

const countsText = ({ outcomes }: ReplayRow): string =>
  Object.entries(outcomes)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || '-';

function progressText(row: ReplayRow): string {
  const { done, all, share } = progress(row);
  return `${share.padStart(5)}  ${done} of ${all}  ${countsText(row)}`;
}

export function replaysText(found: readonly Found[], now: Date): string {
  if (found.length === 0) return 'No replay yet.';
  const rows = found.map((row) => [
    ...[row.status, row.service, row.topic, row.reset ? 'reset' : '-', ago(row.requestedAt, now)],
    ...[row.replayId, progress(row).share],
  ]);
  return layout([['STATUS', 'SERVICE', 'TOPIC', 'RESET', 'REQUESTED', 'ID', 'THROUGH'], ...rows], 6).join('\n');
}

export function replayText(row: Found, now: Date): string {
  const { done, all, share } = progress(row);
  const facts: readonly [string, string | null][] = [
    ['Replay', row.replayId],
    ['Status', row.status],
    ['Failure', row.failure],
    ['Service', row.service],
    ['Topic', `${row.topic} from ${row.fromTime ?? 'the beginning'}${row.reset ? ', with reset' : ''}`],
    ['Requested', `${ago(row.requestedAt, now)} by ${row.requestedBy}: ${row.reason}`],
    ['Stopped', row.stoppedBy && `by ${row.stoppedBy}: ${row.stopReason ?? ''}`],
    ['Through', `${share}, ${done} of ${all} offsets`],
    ['Records', countsText(row)],
    ['Not sent again', `${row.factsSuppressed} events, ${row.workSuppressed} calls to vendors`],
  ];
  return layout(
    facts.filter((fact): fact is [string, string] => fact[1] !== null),
    2,
  ).join('\n');
}

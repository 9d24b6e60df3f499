import { callGuarded, layout, NoAnswer, NoRunningDemo, readDiscovery } from '@tieout/demo';
import { Command } from 'commander';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { duration } from './text.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

interface RefusedEvent {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly refusal: string;
  readonly writtenAt: string;
  readonly waiting: number;
}

interface Flags extends Common, TokenFlags {
  readonly service?: string;
}

export interface RefusedOf {
  readonly service: string;
  readonly refused: readonly RefusedEvent[];
  /** Why this service gave no list; null when it did. */
  readonly problem: string | null;
}

/** Events that the broker refused: list them, send them again, or give them up. */
export function outbox(withCommon: (command: Command) => Command): Command {
  const root = new Command('outbox').description('events that the broker refused, whose keys wait behind them');
  for (const command of [
    listing(),
    act('retry', 'send an event again, before those that wait behind it'),
    act('discard', 'never publish an event; those behind it go on'),
  ])
    root.addCommand(withToken(withCommon(command)));
  return root;
}

function listing(): Command {
  return new Command('refused')
    .description('what is refused, oldest first; exit code 1 when a service does not answer')
    .option('--service <name>', 'only of this service')
    .option('--limit <n>', 'most events of each service', wholeNumber(1, 500), 100)
    .action(async (flags: Flags & { limit: number }) => {
      const token = await bearerToken(flags);
      const found = await Promise.all(
        servicesOf(flags).map(([service, url]) =>
          refusedOf(service, `${url}/outbox/refused?limit=${flags.limit}`, token),
        ),
      );
      print(flags.json, { services: found }, () => refusedText(found, new Date()));
      if (found.some(({ problem }) => problem !== null)) process.exitCode = EXIT.notReady;
    });
}

function act(name: 'retry' | 'discard', description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<id>', 'of the event')
    .requiredOption('--service <name>', 'whose event it is')
    .requiredOption('--reason <text>', 'why; it goes into the audit')
    .action(async (id: string, flags: Flags & { reason: string }) => {
      const token = await bearerToken(flags);
      const [[service, url] = ['', '']] = servicesOf(flags);
      const call = { token, method: 'POST' as const, body: { reason: flags.reason } };
      const event = (await callGuarded(
        `${url}/outbox/refused/${encodeURIComponent(id)}/${name}`,
        call,
      )) as RefusedEvent;
      const did = name === 'retry' ? 'is sent again' : 'is discarded';
      print(flags.json, { service, event }, () => `${event.topic} ${event.key}: event ${event.eventId} ${did}`);
    });
}

function servicesOf({ stack, service }: Flags): [string, string][] {
  const all = Object.entries(readDiscovery(stack).services).map(([name, { url }]): [string, string] => [name, url]);
  const chosen = service === undefined ? all : all.filter(([name]) => name === service);
  if (chosen.length > 0) return chosen;
  throw new NoRunningDemo(
    `no ${service ?? 'service'} is announced there; there are: ${all.map(([name]) => name).join(', ')}`,
  );
}

async function refusedOf(service: string, url: string, token: string): Promise<RefusedOf> {
  try {
    const { refused } = (await callGuarded(url, { token })) as { refused: RefusedEvent[] };
    return { service, refused, problem: null };
  } catch (error) {
    if (error instanceof NoAnswer) return { service, refused: [], problem: error.message };
    throw error;
  }
}

export function refusedText(found: readonly RefusedOf[], now: Date): string {
  const age = (instant: string): string => duration((now.getTime() - Date.parse(instant)) / 1_000);
  const rows = found.flatMap(({ service, refused }) =>
    refused.map((one) => [
      service,
      one.eventId,
      one.topic,
      one.key,
      age(one.writtenAt),
      String(one.waiting),
      one.refusal.split(':', 1)[0] ?? '',
    ]),
  );
  const problems = found.flatMap(({ service, problem }) => (problem === null ? [] : [`${service}: ${problem}`]));
  const header = ['SERVICE', 'EVENT', 'TOPIC', 'KEY', 'AGE', 'WAITING', 'REFUSED AS'];
  return [...problems, ...(rows.length === 0 ? ['nothing is refused'] : layout([header, ...rows], 7))].join('\n');
}

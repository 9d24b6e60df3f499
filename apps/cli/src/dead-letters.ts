import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { NoRunningDemo, readDiscovery } from '@tieout/demo';
import { Command, Option } from 'commander';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import {
  ask,
  findLetter,
  findRedrive,
  listLetters,
  listRedrives,
  planOf,
  stopRedrive,
  type Target,
} from './dead-letters-api.client.ts';
import {
  letterText,
  lettersText,
  planText,
  progressLine,
  redrivesText,
  redriveText,
  type RedriveOf,
} from './dead-letters-text.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

const WATCH_MS = 1_000;

interface Flags extends Common, TokenFlags {
  readonly service?: string;
}

interface FilterFlags extends Flags {
  readonly topic?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `dead-letters …`; `define` gives each command what every command takes. */
export function deadLetters(define: (command: Command) => Command): Command {
  const group = new Command('dead-letters').description(
    'records that services could not process: look, redrive, discard',
  );
  for (const command of [list(), show(), redrive(), discard(), stop(), status()])
    group.addCommand(define(withToken(command.option('--service <name>', 'only this service'))));
  return group;
}

function withFilter(command: Command): Command {
  return command
    .option('--topic <topic>', 'only of this topic, e.g. finance.invoice.v1')
    .addOption(new Option('--reason-class <class>', 'only of this class').choices(['data', 'bug', 'parked']))
    .option('--code <code>', 'only with this error code, e.g. avro-truncated')
    .option('--key <key>', 'only of this key')
    .option('--since <instant>', 'failed at or after, RFC 3339')
    .option('--until <instant>', 'failed before, RFC 3339');
}

type Filtered = FilterFlags & { readonly reasonClass?: string };

function filterOf({ topic, reasonClass, code, key, since, until }: Filtered): Record<string, string> {
  const named = { topic, reason: reasonClass, errorCode: code, key, failedFrom: since, failedTo: until };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function list(): Command {
  return withFilter(new Command('list').description('what is held, the last first'))
    .addOption(
      new Option('--status <status>', 'which')
        .choices(['held', 'open', 'parked', 'redriven', 'superseded', 'discarded', 'all'])
        .default('held'),
    )
    .option('--limit <n>', 'most on a page, of each service', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it; with --service')
    .action(async (flags: Filtered & { status: string; limit: number; cursor?: string }) => {
      const { status: which, limit, cursor } = flags;
      const query = {
        ...filterOf(flags),
        status: which,
        limit: String(limit),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const found = await Promise.all(
        (await targets(flags)).map(async (target) => ({
          service: target.service,
          ...(await listLetters(target, query)),
        })),
      );
      print(flags.json, { services: found }, () => lettersText(found, new Date()));
    });
}

function show(): Command {
  return new Command('show')
    .description('one dead letter: headers, value, stack and history')
    .argument('<id>')
    .action(async (id: string, flags: Flags) => {
      for (const target of await targets(flags)) {
        const letter = await findLetter(target, id);
        if (letter === null) continue;
        return print(flags.json, { service: target.service, ...letter }, () =>
          letterText(target.service, letter, new Date()),
        );
      }
      unknown(`No service has a dead letter ${id}. See: tieout dead-letters list --status all`);
    });
}

interface ActFlags extends Filtered {
  readonly reason?: string;
  readonly rate: number;
  readonly max: number;
  readonly maxFailures: number;
  readonly keepFollowers: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly watch: boolean;
}

function withAct(command: Command): Command {
  return withFilter(command.argument('[ids...]', 'these; without, name at least one filter'))
    .option('--rate <n>', 'most per second', wholeNumber(1, 10_000), 100)
    .option('--max <n>', 'most in all', wholeNumber(1, 20_000), 20_000)
    .option('--max-failures <n>', 'stop when so many fail again', wholeNumber(1, 1_000), 20)
    .option('--keep-followers', 'leave what waits behind them where it is', false)
    .option('--dry-run', 'only say what would be done', false)
    .option('--yes', 'do not ask', false)
    .option('--watch', 'stay until it has ended; exit code 1 when something failed again', false);
}

function redrive(): Command {
  return withAct(
    new Command('redrive').description('process records again after the repair, and what waits behind them'),
  )
    .option('--reason <text>', 'why, for the audit')
    .action((ids: string[], flags: ActFlags) => act('redrives', ids, flags));
}

function discard(): Command {
  return withAct(new Command('discard').description('give records up for good; what waits behind them goes on'))
    .requiredOption('--reason <text>', 'why, for the audit')
    .action((ids: string[], flags: ActFlags) => act('discard', ids, flags));
}

async function act(path: 'redrives' | 'discard', ids: readonly string[], flags: ActFlags): Promise<void> {
  const filter = { ...filterOf(flags), ...(ids.length > 0 ? { ids } : {}) };
  if (Object.keys(filter).length === 0)
    return unknown(
      'Name dead letters by id, or at least one of --topic, --reason-class, --code, --key, --since, --until.',
    );
  const { rate, max: maxItems, maxFailures, keepFollowers, reason } = flags;
  const followers = keepFollowers ? 'keep' : 'redrive';
  const body = { filter, rate, maxItems, maxFailures, followers, ...(reason === undefined ? {} : { reason }) };
  const plans = await Promise.all(
    (await targets(flags)).map(async (target) => ({
      service: target.service,
      target,
      plan: await planOf(target, path, body),
    })),
  );
  const told = plans.filter(({ plan }) => plan.eligible + plan.ineligible > 0);
  const some = plans.filter(({ plan }) => plan.eligible > 0);
  if (flags.dryRun || some.length === 0) {
    print(flags.json, { services: told.map(({ service, plan }) => ({ service, ...plan })) }, () =>
      told.length === 0 ? 'No such dead letter.' : planText(told),
    );
    if (!flags.dryRun) process.exitCode = EXIT.notReady;
    return;
  }
  if (!flags.yes && !(await confirmed(planText(told), path))) return;
  const asked: RedriveOf[] = [];
  for (const { service, target } of some) asked.push({ service, redrive: await ask(target, path, body) });
  await report(
    asked,
    some.map(({ target }) => target),
    flags,
  );
}

/** Nobody to ask is a no: a script says --yes. */
async function confirmed(plan: string, path: 'redrives' | 'discard'): Promise<boolean> {
  process.stderr.write(`${plan}\n\n`);
  if (!process.stdin.isTTY) {
    unknown('Nothing was done: confirm with --yes.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const verb = path === 'discard' ? 'Discard' : 'Redrive';
  const answer = await terminal.question(`${verb} them? [y/N] `);
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  unknown('Nothing was done.');
  return false;
}

function stop(): Command {
  return new Command('stop')
    .description('end a request; what it did not reach stays as it was')
    .argument('<request>')
    .option('--reason <text>', 'why, for the audit')
    .action(async (id: string, flags: Flags & { reason?: string }) => {
      for (const target of await targets(flags)) {
        const stopped = await stopRedrive(target, id, flags.reason);
        if (stopped !== null) return report([{ service: target.service, redrive: stopped }], [target], flags);
      }
      unknown(`No service has a request ${id}. See: tieout dead-letters status`);
    });
}

function status(): Command {
  return new Command('status')
    .description('requests, latest first; with an id, one of them and what was not done')
    .argument('[request]')
    .option('--limit <n>', 'how many, of each service', wholeNumber(1, 200), 20)
    .option('--watch', 'stay until it has ended', false)
    .action(async (id: string | undefined, flags: Flags & { limit: number; watch: boolean }) => {
      const services = await targets(flags);
      if (id === undefined) {
        const each = services.map(async (target) =>
          (await listRedrives(target, flags.limit)).map((one) => ({ service: target.service, redrive: one })),
        );
        const found = (await Promise.all(each)).flat();
        return print(flags.json, { redrives: flat(found) }, () => redrivesText(found, new Date()));
      }
      for (const target of services) {
        const found = await findRedrive(target, id);
        if (found !== null) return report([{ service: target.service, redrive: found }], [target], flags);
      }
      unknown(`No service has a request ${id}. See: tieout dead-letters status`);
    });
}

const flat = (found: readonly RedriveOf[]): object[] => found.map(({ service, redrive: one }) => ({ service, ...one }));

async function report(
  asked: readonly RedriveOf[],
  services: readonly Target[],
  flags: { readonly json: boolean; readonly watch?: boolean },
): Promise<void> {
  const now = flags.watch === true ? await watched(asked, services) : asked;
  print(flags.json, { redrives: flat(now) }, () => now.map(redriveText).join('\n\n'));
  if (now.some(({ redrive: { items } }) => (items['failed'] ?? 0) > 0)) process.exitCode = EXIT.notReady;
}

async function watched(asked: readonly RedriveOf[], services: readonly Target[]): Promise<RedriveOf[]> {
  for (let said = ''; ; await delay(WATCH_MS)) {
    const now: RedriveOf[] = [];
    for (const { service, redrive: one } of asked) {
      const target = services.find((each) => each.service === service);
      now.push({ service, redrive: (target && (await findRedrive(target, one.redriveId))) ?? one });
    }
    const lines = now.map(progressLine).join('\n');
    if (lines !== said) process.stderr.write(`${lines}\n`);
    said = lines;
    if (now.every(({ redrive: { state } }) => state !== 'running')) return now;
  }
}

async function targets(flags: Flags): Promise<Target[]> {
  const { services } = readDiscovery(flags.stack);
  const wanted = Object.entries(services).filter(([name]) => flags.service === undefined || name === flags.service);
  if (wanted.length === 0)
    throw new NoRunningDemo(
      flags.service === undefined
        ? 'no service is announced there; start some with: npm run demo'
        : `no service ${flags.service} runs; there are: ${Object.keys(services).join(', ') || 'none'}`,
    );
  const token = await bearerToken(flags);
  return wanted.map(([service, { url }]) => ({ service, url, token }));
}

function unknown(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = EXIT.notReady;
}

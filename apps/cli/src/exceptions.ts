import { callGuarded, NoAnswer, readDiscovery } from '@tieout/demo';
import type { ExceptionView, ListedException } from '@tieout/messaging';
import { Argument, Command, Option } from 'commander';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { exceptionsText, exceptionText, type Owned } from './exceptions-text.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

interface Flags extends Common, TokenFlags {
  readonly service?: string;
}

interface Service {
  readonly name: string;
  readonly url: string;
}

/** The exceptions of the services, and what people decide about them. */
export function exceptions(): Command {
  const command = new Command('exceptions').description('what waits for a person: list, show, assign, comment, decide');
  for (const define of [list, show, assign, comment, decide]) command.addCommand(define());
  return command;
}

/** What every one of them takes; the id of an exception says everything else. */
function guarded(name: string): Command {
  return withToken(new Command(name)).option(
    '--service <name>',
    'only of this service, e.g. erp-adapter (default: all)',
  );
}

const ofOne = (name: string): Command => guarded(name).addArgument(new Argument('<id>', 'of the exception'));
const acting = (name: string): Command =>
  ofOne(name).option('--revision <n>', 'refuse when it is not at this revision any more', wholeNumber(1, 2 ** 31));

interface ListFlags extends Flags {
  readonly status: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly kind?: string;
  readonly severity?: string;
  readonly ownerGroup?: string;
  readonly assignee?: string;
  readonly object?: string;
}

function list(): Command {
  return guarded('list')
    .description('exceptions, the oldest first')
    .addOption(new Option('--status <status>', 'which').choices(['open', 'resolved', 'all']).default('open'))
    .option('--kind <kind>', 'only of this kind, e.g. order-not-written')
    .addOption(new Option('--severity <severity>', 'only of this one').choices(['info', 'warning', 'critical']))
    .option('--owner-group <group>', 'only of this group, e.g. erp-operations')
    .option('--assignee <person>', 'only of this person; "" for those that nobody works')
    .option('--object <id>', 'only about this object')
    .option('--limit <n>', 'most exceptions of each service', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it; with --service')
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ListFlags>();
      const services = chosen(flags);
      if (flags.cursor !== undefined && services.length !== 1) command.error('error: --cursor needs --service');
      const token = await bearerToken(flags);
      const pages = await Promise.all(
        services.map(async ({ name, url }) => {
          const page = (await callGuarded(`${url}/exceptions?${filterOf(flags)}`, { token })) as Page;
          return { service: name, ...page };
        }),
      );
      const found = pages.flatMap(({ exceptions: some }) => some).toSorted(byAge);
      const more = pages.flatMap(({ service, nextCursor }) => (nextCursor === null ? [] : [{ service, nextCursor }]));
      print(flags.json, { exceptions: found, more }, () => exceptionsText(found, more, new Date()));
    });
}

interface Page {
  readonly exceptions: readonly ListedException[];
  readonly nextCursor: string | null;
}

const byAge = (a: ListedException, b: ListedException): number => (a.raisedAt < b.raisedAt ? -1 : 1);

function filterOf({ status, limit, cursor, kind, severity, ownerGroup, assignee, object }: ListFlags): string {
  const filter = { cursor, kind, severity, ownerGroup, assignee, object };
  const given = Object.entries(filter).filter((one): one is [string, string] => one[1] !== undefined);
  return new URLSearchParams([['status', status], ['limit', String(limit)], ...given]).toString();
}

function show(): Command {
  return ofOne('show')
    .description('one exception: what is wrong, what would fix it, what may be decided, what has happened to it')
    .action(async (id: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      printOne(flags, await find(flags, id, await bearerToken(flags)));
    });
}

function assign(): Command {
  return acting('assign')
    .description('gives it to a person')
    .addArgument(new Argument('[person]', 'who works it; nobody, when left out'))
    .action((id: string, person: string | undefined, _: unknown, command: Command) =>
      act(command, id, 'assign', { assignee: person ?? null }),
    );
}

function comment(): Command {
  return acting('comment')
    .description('leaves a comment in its history')
    .addArgument(new Argument('<text>', 'the comment'))
    .action((id: string, text: string, _: unknown, command: Command) => act(command, id, 'comment', { text }));
}

interface DecideFlags extends Flags {
  readonly action: string;
  readonly reason?: string;
  readonly parameter: readonly string[];
}

function decide(): Command {
  return acting('decide')
    .description('decides it: one of the actions that `show` names')
    .requiredOption('--action <action>', 'e.g. retry, discard, resolve')
    .option('--reason <text>', 'why; most actions need one')
    .option('--parameter <name=value...>', 'a value of the action', [])
    .action((id: string, _: unknown, command: Command) => {
      const { action, reason, parameter } = command.optsWithGlobals<DecideFlags>();
      const parameters = Object.fromEntries(parameter.map((pair) => splitPair(pair, command)));
      return act(command, id, 'decide', { action, parameters, ...(reason !== undefined && { reason }) });
    });
}

function splitPair(pair: string, command: Command): [string, string] {
  const [name, ...rest] = pair.split('=');
  if (!name || rest.length === 0) command.error(`error: --parameter ${pair}: expected name=value`);
  return [name ?? '', rest.join('=')];
}

/**
 * Looks at the exception and acts on what it looked at: if somebody else acts between the two, the service refuses this one and says
 * so. `--revision` acts on what was looked at earlier instead.
 */
async function act(command: Command, id: string, what: 'assign' | 'comment' | 'decide', body: object): Promise<void> {
  const flags = command.optsWithGlobals<Flags & { revision?: number }>();
  const token = await bearerToken(flags);
  const { service, url, view } = await find(flags, id, token);
  const expectedRevision = flags.revision ?? view.exception.revision;
  const call = { token, method: 'POST' as const, body: { ...body, expectedRevision } };
  printOne(flags, { service, view: (await callGuarded(`${url}/exceptions/${id}/${what}`, call)) as ExceptionView });
}

interface Found extends Owned {
  readonly url: string;
}

/** Which service has it: the id does not say, so all are asked. */
async function find(flags: Flags, id: string, token: string): Promise<Found> {
  const answers = await Promise.all(
    chosen(flags).map(async ({ name: service, url }) => {
      try {
        const view = (await callGuarded(`${url}/exceptions/${encodeURIComponent(id)}`, { token })) as ExceptionView;
        return { service, url, view };
      } catch (error) {
        if (error instanceof NoAnswer) return error;
        throw error;
      }
    }),
  );
  const found = answers.find((answer): answer is Found => !(answer instanceof NoAnswer));
  if (found !== undefined) return found;
  // Whoever did not answer, or refused the token, may have it: that is the thing to say.
  const failures = answers.filter((answer) => answer instanceof NoAnswer);
  throw failures.find(({ status }) => status !== 404) ?? new NoAnswer(`no service has an exception ${id}`, 404);
}

function chosen({ stack, service }: Flags): readonly Service[] {
  const services = Object.entries(readDiscovery(stack).services).map(([name, { url }]) => ({ name, url }));
  const some = service === undefined ? services : services.filter(({ name }) => name === service);
  if (some.length > 0) return some;
  throw new NoAnswer(
    `no service ${service ?? ''} runs there; these do: ${services.map(({ name }) => name).join(', ')}`,
    null,
  );
}

function printOne({ json }: Common, { service, view }: Owned): void {
  print(json, { service, ...view }, () => exceptionText({ service, view }, new Date()));
  if (view.chainFault !== null) process.exitCode = EXIT.notReady;
}

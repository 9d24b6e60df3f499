import { listBreaks, oneBreak, type BreakFilter } from '@tieout/demo';
import { Argument, Command, Option } from 'commander';
import { actOn, breakCase, breaksPage, verifyAll, verifyOne, type BreakCase, type Desk } from './breaks-api.client.ts';
import { bulk } from './breaks-bulk.ts';
import { deskOf, resolutionOptions, type DeskFlags } from './breaks-desk.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { filtered, queryOf, type FilterFlags } from './breaks-filter.ts';
import { exportCommand, importCommand } from './breaks-sheet.ts';
import { breakCaseText, chainsText, workedBreaksText } from './breaks-text.ts';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { breaksText, breakText } from './text.ts';
import { withToken } from './token.ts';

/** Breaks of reconciliation: what anybody may see, and what people do with them. */
export function breaks(): Command {
  const command = new Command('breaks')
    .description('breaks of reconciliation, newest first; with an id, one of them and its evidence')
    .argument('[id]', 'of one break')
    .addOption(new Option('--status <status>', 'which').choices(['open', 'closed', 'all']).default('open'))
    .option('--check <check>', 'only of this check, e.g. contract-billing')
    .option('--kind <kind>', 'only of this kind, e.g. missing')
    .option('--limit <n>', 'most breaks on a page', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it')
    .action(look);
  for (const define of [list, bulk, exportCommand])
    command.addCommand(define().configureHelp({ showGlobalOptions: true }));
  for (const define of [show, ...ACTS, importCommand, verify]) command.addCommand(define());
  return command;
}

interface LookFlags extends Common {
  readonly status: 'open' | 'closed' | 'all';
  readonly check?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly cursor?: string;
}

async function look(id: string | undefined, flags: LookFlags): Promise<void> {
  const base = reconciliationUrl(flags.stack);
  if (id !== undefined) {
    const one = await oneBreak(base, id);
    return print(flags.json, one, () => breakText(one, new Date()));
  }
  const page = await listBreaks(base, filterOf(flags));
  print(flags.json, page, () => breaksText(page.breaks, page.nextCursor, new Date()));
}

function filterOf({ status, check, kind, limit, cursor }: LookFlags): BreakFilter {
  return {
    limit,
    ...(status === 'all' ? {} : { status }),
    ...(check === undefined ? {} : { check }),
    ...(kind === undefined ? {} : { kind }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function list(): Command {
  return filtered(new Command('list'))
    .description('breaks as they are worked: who, until when, what they are worth')
    .addOption(
      new Option('--sort <by>', 'newest first, oldest first, or the largest value first')
        .choices(['newest', 'oldest', 'value'])
        .default('value'),
    )
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<FilterFlags & { sort: string; limit: number; cursor?: string }>();
      const { sort, limit, cursor } = flags;
      const page = { sort, limit: String(limit), ...(cursor !== undefined && { cursor }) };
      const found = await breaksPage(
        { base: reconciliationUrl(flags.stack), token: null },
        { ...queryOf(flags), ...page },
      );
      print(flags.json, found, () => workedBreaksText(found.breaks, found.nextCursor, new Date()));
    });
}

const ofOne = (name: string): Command => withToken(new Command(name)).addArgument(new Argument('<id>', 'of the break'));

function show(): Command {
  return ofOne('show')
    .description('one break: where to look, what has happened, what may be done')
    .action(async (id: string, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DeskFlags>();
      printCase(flags, await breakCase(await deskOf(flags), id));
    });
}

function printCase({ json }: Common, one: BreakCase): void {
  print(json, one, () => breakCaseText(one, new Date()));
  if (one.chainFault !== null) process.exitCode = EXIT.notReady;
}

interface ActFlags extends DeskFlags {
  readonly revision?: number;
  readonly reason?: string;
  readonly resolution?: string;
  readonly expectedOn?: string;
  readonly counterpart?: string;
}

/**
 * Looks at the break and acts on what it looked at: if something happens between the two, the service refuses this one and says so.
 * `--revision` acts on what was looked at earlier instead.
 */
async function act(command: Command, id: string, action: string, body: (flags: ActFlags) => object): Promise<void> {
  const flags = command.optsWithGlobals<ActFlags>();
  const desk = await deskOf(flags);
  const expectedRevision = flags.revision ?? (await breakCase(desk, id)).break.revision;
  printCase(flags, await actOn(desk, id, action, { ...body(flags), expectedRevision }));
}

const acting = (name: string): Command =>
  ofOne(name).option('--revision <n>', 'refuse when it is not at this revision any more', wholeNumber(1, 2 ** 31));
const withReason = (command: Command): Command => command.requiredOption('--reason <text>', 'why');
const reasonOf = ({ reason }: ActFlags): object => ({ reason });

const assign = (): Command =>
  acting('assign')
    .description('gives it to a person')
    .addArgument(new Argument('[person]', 'who works it; nobody, when left out'))
    .action((id: string, person: string | undefined, _: unknown, command: Command) =>
      act(command, id, 'assign', () => ({ assignee: person ?? null })),
    );

const comment = (): Command =>
  acting('comment')
    .description('leaves a text in its history')
    .addArgument(new Argument('<text>', 'the comment'))
    .action((id: string, text: string, _: unknown, command: Command) => act(command, id, 'comment', () => ({ text })));

const reschedule = (): Command =>
  withReason(acting('reschedule'))
    .description('moves the day that it is due')
    .addArgument(new Argument('<day>', 'YYYY-MM-DD'))
    .action((id: string, dueOn: string, _: unknown, command: Command) =>
      act(command, id, 'reschedule', (flags) => ({ dueOn, ...reasonOf(flags) })),
    );

const resolve = (): Command =>
  resolutionOptions(
    withReason(acting('resolve')).requiredOption('--resolution <type>', 'one of those that `show` names'),
  )
    .description('resolves it, or proposes to where a second person has to approve')
    .action((id: string, _: unknown, command: Command) =>
      act(command, id, 'resolve', ({ resolution, reason, expectedOn, counterpart }) => ({
        ...{ resolution, reason },
        ...(expectedOn !== undefined && { expectedOn }),
        ...(counterpart !== undefined && { counterpart }),
      })),
    );

const approve = (): Command =>
  acting('approve')
    .description('accepts what somebody else proposed')
    .option('--reason <text>', 'why')
    .action((id: string, _: unknown, command: Command) => act(command, id, 'approve', reasonOf));

const reject = (): Command =>
  withReason(acting('reject'))
    .description('refuses what was proposed; the break is open again')
    .action((id: string, _: unknown, command: Command) => act(command, id, 'reject', reasonOf));

const reopen = (): Command =>
  withReason(acting('reopen'))
    .description('takes a resolution back; the break is open again')
    .action((id: string, _: unknown, command: Command) => act(command, id, 'reopen', reasonOf));

const ACTS = [assign, comment, reschedule, resolve, approve, reject, reopen];

function verify(): Command {
  return withToken(new Command('verify'))
    .description('checks the audit chain of every break, or of one; exit code 1 when something was changed')
    .argument('[id]', 'of one break')
    .action(async (id: string | undefined, _: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DeskFlags>();
      const desk = await deskOf(flags);
      const found = id === undefined ? await verifyAll(desk) : await verdictOf(desk, id);
      print(flags.json, found, () => chainsText(found.checked, found.entries, found.faults));
      if (found.faults.length > 0) process.exitCode = EXIT.notReady;
    });
}

async function verdictOf(desk: Desk, id: string): ReturnType<typeof verifyAll> {
  const one = await verifyOne(desk, id);
  return { checked: 1, entries: one.entries, faults: one.fault === null ? [] : [one] };
}

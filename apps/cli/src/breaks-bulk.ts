import { NoAnswer } from '@tieout/demo';
import { Argument, Command } from 'commander';
import { actInBulk, everyBreak, type BulkAnswer, type WorkedBreak } from './breaks-api.client.ts';
import { filtered, queryOf, type FilterFlags } from './breaks-filter.ts';
import { bulkText } from './breaks-text.ts';
import { deskOf, resolutionOptions, type DeskFlags } from './breaks-desk.ts';
import { EXIT, print } from './command-line.ts';
import { withToken } from './token.ts';

const ACTIONS = ['assign', 'comment', 'reschedule', 'resolve', 'approve', 'reject', 'reopen'];
/** What the service takes at once. */
const PIECE = 1_000;

interface BulkFlags extends DeskFlags, FilterFlags {
  readonly id: readonly string[];
  readonly to?: string;
  readonly dueOn?: string;
  readonly resolution?: string;
  readonly reason?: string;
  readonly expectedOn?: string;
  readonly counterpart?: string;
  readonly yes: boolean;
}

/** One act on all breaks of a filter. They are looked at first: what changes between the two is left alone. */
export function bulk(): Command {
  const command = withToken(filtered(new Command('bulk')))
    .description('one act on many breaks; says what it would do, and does it with --yes')
    .addArgument(new Argument('<act>', 'which').choices(ACTIONS))
    .option('--id <id...>', 'only these', [])
    .option('--to <person>', 'of assign; nobody, when left out')
    .option('--due-on <day>', 'of reschedule')
    .option('--resolution <type>', 'of resolve')
    .option('--reason <text>', 'why, or the text of a comment');
  return resolutionOptions(command)
    .option('--yes', 'do it', false)
    .action(async (action: string, _: unknown, self: Command) => {
      const flags = self.optsWithGlobals<BulkFlags>();
      const desk = await deskOf(flags);
      const items = chosen(await everyBreak(desk, queryOf(flags)), flags.id);
      const answers: BulkAnswer[] = [];
      for (let at = 0; at < items.length; at += PIECE)
        answers.push(
          await actInBulk(desk, { dryRun: !flags.yes, act: actOf(action, flags), items: items.slice(at, at + PIECE) }),
        );
      const total = (of: 'success' | 'ineligible' | 'failed'): number => answers.reduce((sum, one) => sum + one[of], 0);
      const counts = { success: total('success'), ineligible: total('ineligible'), failed: total('failed') };
      const all = { dryRun: !flags.yes, ...counts, items: answers.flatMap((one) => one.items) };
      print(flags.json, all, () => bulkText(all));
      if (all.ineligible + all.failed > 0) process.exitCode = EXIT.notReady;
    });
}

/** @throws NoAnswer when an id is none of them: a typing error must not go unseen */
function chosen(
  found: readonly WorkedBreak[],
  ids: readonly string[],
): { readonly breakId: string; readonly expectedRevision: string }[] {
  const strange = ids.filter((id) => !found.some(({ breakId }) => breakId === id));
  if (strange.length > 0) throw new NoAnswer(`not among the breaks of this filter: ${strange.join(', ')}`, null);
  return found
    .filter(({ breakId }) => ids.length === 0 || ids.includes(breakId))
    .map(({ breakId, revision }) => ({ breakId, expectedRevision: revision }));
}

function actOf(action: string, { to, dueOn, resolution, reason, expectedOn, counterpart }: BulkFlags): object {
  const given = { assignee: to, dueOn, resolution, reason, expectedOn, counterpart };
  return { action, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

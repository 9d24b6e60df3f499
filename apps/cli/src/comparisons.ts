import { callGuarded } from '@tieout/demo';
import { Argument, Command, Option } from 'commander';
import { print, wholeNumber, type Common } from './command-line.ts';
import { comparisonsText, comparisonText, groupsText, runText } from './comparisons-text.ts';
import type { ComparisonRunView, ComparisonView, GroupView } from './comparisons-text.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

type Flags = Common & TokenFlags;

/** Comparisons of items, their results and their full runs. */
export function comparisons(withCommon: (command: Command) => Command): Command {
  const root = new Command('comparisons').description('comparisons item by item: list, show, groups, run');
  for (const command of [list(), show(), groups(), run()]) root.addCommand(withToken(withCommon(command)));
  return root;
}

const pathOf = (name: string): string => `/comparisons/${encodeURIComponent(name)}`;
const named = (command: string): Command =>
  new Command(command).addArgument(new Argument('<name>', 'of the comparison'));

async function read<T>(flags: Flags, path: string): Promise<T> {
  return (await callGuarded(`${reconciliationUrl(flags.stack)}${path}`, { token: await bearerToken(flags) })) as T;
}

function list(): Command {
  return new Command('list')
    .description('every comparison with its state and what stands now')
    .action(async (flags: Flags) => {
      const found = await read<{ comparisons: ComparisonView[] }>(flags, '/comparisons');
      print(flags.json, found, () => comparisonsText(found.comparisons, new Date()));
    });
}

function show(): Command {
  return named('show')
    .description('totals by outcome, match rates, whether each side was complete and up to when it tells')
    .action(async (name: string, flags: Flags) => {
      const one = await read<ComparisonView>(flags, pathOf(name));
      print(flags.json, one, () => comparisonText(one, new Date()));
    });
}

const OUTCOMES = ['matched', 'suggested', 'ambiguous', 'timing', 'explained', 'break'];

function groups(): Command {
  return named('groups')
    .description('what was decided together, with the items')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(OUTCOMES))
    .option('--limit <n>', 'most groups on a page', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it')
    .action(async (name: string, flags: Flags & { outcome?: string; limit: number; cursor?: string }) => {
      const query = new URLSearchParams({ limit: String(flags.limit) });
      if (flags.outcome !== undefined) query.set('outcome', flags.outcome);
      if (flags.cursor !== undefined) query.set('cursor', flags.cursor);
      const page = await read<{ groups: GroupView[]; nextCursor: string | null }>(
        flags,
        `${pathOf(name)}/groups?${query.toString()}`,
      );
      print(flags.json, page, () => groupsText(page.groups, page.nextCursor));
    });
}

function run(): Command {
  return named('run')
    .description('starts a full run; with --as-of it reports up to that date and changes nothing')
    .option('--as-of <date>', 'YYYY-MM-DD')
    .action(async (name: string, flags: Flags & { asOf?: string }) => {
      const token = await bearerToken(flags);
      const body = flags.asOf === undefined ? {} : { asOf: flags.asOf };
      const url = `${reconciliationUrl(flags.stack)}${pathOf(name)}/runs`;
      const started = (await callGuarded(url, { token, method: 'POST', body })) as ComparisonRunView;
      print(flags.json, started, () => runText(started, new Date()));
    });
}

import {
  DISCOVERY_FILE,
  listBreaks,
  listRuns,
  NoRunningDemo,
  oneBreak,
  readDiscovery,
  readServices,
  readTopicSummaries,
  type BreakFilter,
  type Discovery,
} from '@tieout/demo';
import { Command, Option } from 'commander';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { fromWhereItWasTyped } from './config.ts';
import { deadLetters } from './dead-letters.ts';
import { outbox } from './outbox.ts';
import { exceptions } from './exceptions.ts';
import { replay } from './replay.ts';
import { breaksText, breakText, runsText, statusText, topicsText } from './text.ts';
import { whoami } from './whoami.ts';

/** All commands; a wrong command line ends the process with what is wrong, as commander does. */
export function program(): Command {
  const root = new Command('npm run tieout --').description(
    'Looks at a running Tieout: services, topics, runs and breaks. It finds the one that `npm run demo` started.',
  );
  root.showHelpAfterError('(--help shows every option)');
  for (const define of [status, topics, breaks, runs, exceptions, replay, whoami])
    root.addCommand(withCommon(define()));
  root.addCommand(deadLetters(withCommon));
  root.addCommand(outbox(withCommon));
  return root;
}

function withCommon(command: Command): Command {
  return command
    .option('--json', 'print the same as JSON', false)
    .option('--stack <file>', 'the announcement of another running stack', fromWhereItWasTyped, DISCOVERY_FILE);
}

function status(): Command {
  return new Command('status')
    .description('services, streams and consumers; exit code 1 when something is not ready')
    .action(async ({ json, stack }: Common) => {
      const discovery = readDiscovery(stack);
      const services = await readServices(discovery);
      print(json, { scenario: discovery.scenario, services, links: discovery.links }, () =>
        statusText(services, discovery.links),
      );
      if (services.some(({ ready }) => !ready)) process.exitCode = EXIT.notReady;
    });
}

function topics(): Command {
  return new Command('topics')
    .description('records, keys and freshness of each topic, read from Kafka')
    .option('--limit <n>', 'most records read of each topic, the newest', wholeNumber(1, 10_000_000), 50_000)
    .action(async ({ json, stack, limit }: Common & { limit: number }) => {
      const { brokers } = readDiscovery(stack);
      const found = await readTopicSummaries(brokers, limit);
      print(json, { topics: found }, () => topicsText(found, new Date()));
    });
}

interface BreakFlags extends Common {
  readonly status: 'open' | 'closed' | 'all';
  readonly check?: string;
  readonly kind?: string;
  readonly limit: number;
  readonly cursor?: string;
}

function breaks(): Command {
  return new Command('breaks')
    .description('breaks of reconciliation, newest first; with an id, one of them and its evidence')
    .argument('[id]', 'of one break')
    .addOption(new Option('--status <status>', 'which').choices(['open', 'closed', 'all']).default('open'))
    .option('--check <check>', 'only of this check, e.g. contract-billing')
    .option('--kind <kind>', 'only of this kind, e.g. missing')
    .option('--limit <n>', 'most breaks on a page', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it')
    .action(async (id: string | undefined, flags: BreakFlags) => {
      const base = reconciliation(readDiscovery(flags.stack));
      if (id !== undefined) {
        const one = await oneBreak(base, id);
        return print(flags.json, one, () => breakText(one, new Date()));
      }
      const page = await listBreaks(base, filterOf(flags));
      print(flags.json, page, () => breaksText(page.breaks, page.nextCursor, new Date()));
    });
}

function filterOf({ status, check, kind, limit, cursor }: BreakFlags): BreakFilter {
  return {
    limit,
    ...(status === 'all' ? {} : { status }),
    ...(check === undefined ? {} : { check }),
    ...(kind === undefined ? {} : { kind }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function runs(): Command {
  return new Command('runs')
    .description('runs of reconciliation, latest first')
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 20)
    .action(async ({ json, stack, limit }: Common & { limit: number }) => {
      const found = await listRuns(reconciliation(readDiscovery(stack)), limit);
      print(json, { runs: found }, () => runsText(found, new Date()));
    });
}

function reconciliation({ services }: Discovery): string {
  const { url } = services['reconciliation'] ?? {};
  if (url === undefined) throw new NoRunningDemo('no reconciliation is announced there; start one with: npm run demo');
  return url;
}

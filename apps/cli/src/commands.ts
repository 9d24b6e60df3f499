import {
  DISCOVERY_FILE,
  listRuns,
  NoAnswer,
  NoRunningDemo,
  readDiscovery,
  readServices,
  readTopicSummaries,
} from '@tieout/demo';
import { Command } from 'commander';
import { breaks } from './breaks.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { EXIT, print, wholeNumber, type Common } from './command-line.ts';
import { comparisons } from './comparisons.ts';
import { fromWhereItWasTyped } from './config.ts';
import { deadLetters } from './dead-letters.ts';
import { outbox } from './outbox.ts';
import { exceptions } from './exceptions.ts';
import { reconcile } from './reconcile.ts';
import { replay } from './replay.ts';
import { rules } from './rules.ts';
import { RulesFileError } from './rules-file.ts';
import { statements } from './statements.ts';
import { runsText, statusText, topicsText } from './text.ts';
import { NoToken } from './token.ts';
import { whoami } from './whoami.ts';

export async function run(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    // What is not there, or does not answer, is no bug of this program: its stack helps nobody.
    const expected = [NoRunningDemo, NoAnswer, NoToken, RulesFileError].some((kind) => error instanceof kind);
    const text = expected || !(error instanceof Error) ? String((error as Error).message) : error.stack;
    process.stderr.write(`${text ?? ''}\n`);
    process.exitCode = error instanceof NoRunningDemo ? EXIT.nothingRuns : EXIT.notReady;
  }
}

/** All commands; a wrong command line ends the process with what is wrong, as commander does. */
export function program(): Command {
  const root = new Command('npm run tieout --').description(
    'Looks at a running Tieout: services, topics, runs and breaks. It finds the one that `npm run demo` started. `reconcile` needs none.',
  );
  root.showHelpAfterError('(--help shows every option)');
  for (const define of [status, topics, breaks, runs, exceptions, replay, rules, whoami])
    root.addCommand(withCommon(define()));
  root.addCommand(deadLetters(withCommon));
  root.addCommand(outbox(withCommon));
  root.addCommand(comparisons(withCommon));
  root.addCommand(statements(withCommon));
  root.addCommand(reconcile());
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

function runs(): Command {
  return new Command('runs')
    .description('runs of reconciliation, latest first')
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 20)
    .action(async ({ json, stack, limit }: Common & { limit: number }) => {
      const found = await listRuns(reconciliationUrl(stack), limit);
      print(json, { runs: found }, () => runsText(found, new Date()));
    });
}

/** `npm run faults`: kills, cuts and starves a service on the library, and says which promises held. */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { currentCommit, writeReport } from './report.ts';
import { runScenarios } from './run.ts';
import { SCENARIOS } from './scenarios/index.ts';

interface Flags {
  readonly fast?: true;
  readonly only?: readonly string[];
  readonly seed?: number;
  readonly json?: true;
  readonly list?: true;
  readonly file: string;
}

const program = new Command('npm run faults --')
  .description(
    'Kills, cuts and starves a service that is built on libs/messaging. Exit code 0 only if every promise held.',
  )
  .option('--fast', 'only the scenarios that CI runs, in under six minutes')
  .option('--only <ids>', 'only these, e.g. F10,F12', ids)
  .option('--seed <n>', 'plays a run again; default: a new one, which the report names', wholeNumber)
  .option('--json', 'prints the results as JSON, and nothing else, to standard output')
  .option('--list', 'names the scenarios and runs none')
  .option(
    '--file <path>',
    'where the table goes; a run of only some scenarios updates their rows',
    'docs/reference/fault-results.md',
  )
  .showHelpAfterError();

// A scenario that has failed in one place leaves other work of its own behind, which then fails as well.
process.on('unhandledRejection', (error) => console.error('left behind by a scenario:', error));

const flags = program.parse().opts<Flags>();
if (flags.list === true) {
  for (const { id, fast, title } of SCENARIOS) console.log(`${id}  ${fast ? 'fast' : '    '}  ${title}`);
} else {
  await run(flags).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function run({ fast, only, seed = randomInt(2 ** 31), json, file }: Flags): Promise<void> {
  const chosen = SCENARIOS.filter((one) => (only === undefined ? fast !== true || one.fast : only.includes(one.id)));
  console.error(`${chosen.length} scenarios, seed ${seed}`);
  const begun = performance.now();
  const { results, versions } = await runScenarios({
    scenarios: chosen,
    seed,
    progress: (message) => console.error(message),
  });
  const seconds = (performance.now() - begun) / 1_000;
  const failed = results.filter((one) => one.failed);
  writeReport(file, results, { commit: currentCommit(), ...versions });
  if (json === true) console.log(JSON.stringify(results, null, 2));
  console.error(`${results.length - failed.length} of ${results.length} as promised, in ${seconds.toFixed(0)} s`);
  // Not by itself: what a scenario that failed has left behind would keep the process alive.
  process.exit(failed.length > 0 ? 1 : 0);
}

function ids(text: string): string[] {
  return text.split(',').map((id) => {
    if (!SCENARIOS.some((one) => one.id === id))
      throw new InvalidArgumentError(`one of ${SCENARIOS.map((one) => one.id).join(',')}`);
    return id;
  });
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('a whole number');
  return number;
}

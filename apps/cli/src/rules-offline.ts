import { Command } from 'commander';
import { EXIT, print, wholeNumber } from './command-line.ts';
import { fromWhereItWasTyped } from './config.ts';
import { withInput } from './reconcile-options.ts';
import { readRules, RulesFileError } from './rules-file.ts';

/** Validates files of rules: needs nothing that runs. */
export function check(): Command {
  return new Command('check')
    .description('validates a file of rules, without anything running; exit code 1 when they are refused')
    .argument('<file>', 'the rules, YAML', fromWhereItWasTyped)
    .action((file: string, _: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<{ json: boolean }>();
      const { name, rules, problems } = checked(file);
      print(json, { file, name, rules, problems }, () =>
        problems.length > 0
          ? new RulesFileError(file, problems).message
          : `${file} is good: ${name ?? ''}, ${rules.length} rules: ${rules.join(', ')}`,
      );
      if (problems.length > 0) process.exitCode = EXIT.notReady;
    });
}

function checked(file: string): Checked {
  try {
    const { rules } = readRules(file);
    return { name: rules.name, rules: rules.rules.map(({ name }) => name), problems: [] };
  } catch (error) {
    if (error instanceof RulesFileError) return { name: null, rules: [], problems: error.problems };
    throw error;
  }
}

interface Checked {
  readonly name: string | null;
  readonly rules: readonly string[];
  readonly problems: RulesFileError['problems'];
}

const EXAMPLE = `
Example:
  npm run tieout -- rules compare --left erp.csv --right bank.csv --rules rules.yaml --with draft.yaml

Exit code: 0 nothing is lost, 1 matches are lost or breaks are new, 2 a file was refused and nothing was compared.`;

/** A back-test over two files: needs nothing that runs. */
export function compare(): Command {
  return withInput(new Command('compare').description('what other rules would change between two exports'))
    .option('--rules <file>', 'the rules as they are; without it those of `reconcile`', fromWhereItWasTyped)
    .requiredOption('--with <file>', 'the rules as they would be', fromWhereItWasTyped)
    .option('--examples <n>', 'of each kind of change', wholeNumber(0, 1_000), 5)
    .addHelpText('after', EXAMPLE)
    .action(async (_: unknown, command: Command) => {
      const { runCompare } = await import('./rules-compare.ts');
      process.exitCode = await runCompare(command.optsWithGlobals());
    });
}

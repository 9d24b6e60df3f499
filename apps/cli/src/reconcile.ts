import { Command } from 'commander';
import { fromWhereItWasTyped } from './config.ts';
import { RECONCILE_EXIT, type ReconcileFlags } from './reconcile-flags.ts';
import { withInput } from './reconcile-options.ts';

const EXAMPLES = `
Examples:
  npm run tieout -- reconcile --left ledger.csv --right bank.csv --out result.json
  npm run tieout -- reconcile --left ledger.csv --right monday.xml tuesday.xml --as-of 2026-03-31
  npm run tieout -- reconcile --left erp.csv --right psp.csv --decimal left:comma --date-format left:DD.MM.YYYY
  npm run --silent tieout -- reconcile --left a.csv --right b.csv --json | jq .totals

CSV columns: id, date, amount, currency, and if you have them reference, counterparty, text, legalEntity, reverses; others are
kept as evidence. Exit code: 0 nothing is open, 1 breaks, suggestions or ambiguous groups are open, 2 the input was refused and
nothing was compared, 4 a failure of this program. Step by step: docs/how-to/reconcile-two-files.md`;

/** Compares two exports; no stack, no demo, no network. */
export function reconcile(): Command {
  const command = new Command('reconcile').description(
    'compares two exports (CSV or camt.053) item by item; needs nothing that runs',
  );
  return withInput(command)
    .option('--rules <file>', 'rule set in YAML; without it rules that suit most exports', fromWhereItWasTyped)
    .option('--out <file>', 'where the result goes as JSON; - is the standard output', outFile)
    .option('--json', 'the result on the standard output, the summary on the error output', false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help shows every option)')
    .action(async (flags: ReconcileFlags) => {
      const { runReconcile } = await import('./reconcile-run.ts');
      process.exitCode = await runReconcile(flags);
    });
}

/** The command alone, so that nothing else has to be loaded for it. */
export async function run(): Promise<void> {
  const root = new Command('npm run tieout --').addCommand(reconcile());
  for (const command of [root, ...root.commands])
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : RECONCILE_EXIT.refused));
  // Whoever reads the output may have seen enough, as `head` has.
  process.stdout.on('error', () => process.exit(RECONCILE_EXIT.failed));
  try {
    await root.parseAsync();
  } catch (error) {
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    process.exitCode = RECONCILE_EXIT.failed;
  }
}

const outFile = (file: string): string => (file === '-' ? file : fromWhereItWasTyped(file));

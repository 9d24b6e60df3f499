import { readFileSync } from 'node:fs';
import { callGuarded } from '@tieout/demo';
import { Argument, Command, Option } from 'commander';
import { print, wholeNumber, type Common } from './command-line.ts';
import { reconciliationUrl } from './reconciliation-url.ts';
import { fromWhereItWasTyped } from './config.ts';
import { statementsText, statementText, type StatementView } from './statements-text.ts';
import { bearerToken, withToken, type TokenFlags } from './token.ts';

type Flags = Common & TokenFlags;

/** Statements of banks and payment providers: hand in, look at, withdraw. */
export function statements(withCommon: (command: Command) => Command): Command {
  const root = new Command('statements').description('bank and payment-provider statements: put, list, show, withdraw');
  for (const command of [put(), list(), show(), withdraw()]) root.addCommand(withToken(withCommon(command)));
  return root;
}

const ofOne = (name: string): Command => new Command(name).addArgument(new Argument('<id>', 'of the statement'));
const pathOf = (id: string): string => `/statements/${encodeURIComponent(id)}`;

async function call<T>(flags: Flags, path: string, rest: object = {}): Promise<T> {
  const token = await bearerToken(flags);
  return (await callGuarded(`${reconciliationUrl(flags.stack)}${path}`, { token, ...rest })) as T;
}

interface PutFlags extends Flags {
  readonly account: string;
  readonly format?: string;
  readonly opening?: string;
  readonly closing?: string;
  readonly from?: string;
  readonly to?: string;
  readonly encoding?: string;
  readonly decimal?: string;
  readonly dateFormat?: string;
  readonly currency?: string;
}

function put(): Command {
  return new Command('put')
    .description(
      'hands a file in; the same content again is the same statement, days that are told already are refused',
    )
    .argument(
      '<file>',
      'camt.053 or CSV (columns id,date,amount,currency,reference,counterparty,text)',
      fromWhereItWasTyped,
    )
    .requiredOption('--account <name>', 'name that the account is known by, e.g. main')
    .addOption(
      new Option('--format <format>', 'else told by the ending: .xml is camt.053').choices(['csv', 'camt.053']),
    )
    .option('--opening <amount>', 'of a CSV: balance before its first line')
    .option('--closing <amount>', 'of a CSV: balance after its last line')
    .option('--from <date>', 'of a CSV: first day that it covers')
    .option('--to <date>', 'of a CSV: last day that it covers')
    .option('--currency <code>', 'of a CSV without such a column')
    .option('--encoding <name>', 'of a CSV that is not UTF-8, e.g. windows-1252')
    .addOption(new Option('--decimal <mark>', 'of a CSV').choices(['comma', 'point']))
    .option('--date-format <format>', 'of a CSV whose dates can be read in two ways')
    .action(async (file: string, flags: PutFlags) => {
      const query = new URLSearchParams({ account: flags.account, format: formatOf(file, flags.format) });
      for (const name of ['opening', 'closing', 'from', 'to', 'currency', 'encoding', 'decimal', 'dateFormat'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name]);
      const content = { type: 'application/octet-stream', bytes: readFileSync(file) };
      const one = await call<StatementView>(flags, `/statements?${query.toString()}`, { method: 'POST', content });
      print(flags.json, one, () => statementText(one, new Date()));
    });
}

const formatOf = (file: string, named: string | undefined): string =>
  named ?? (file.toLowerCase().endsWith('.xml') ? 'camt.053' : 'csv');

function list(): Command {
  return new Command('list')
    .description('statements, the latest first')
    .option('--account <name>', 'only of this account')
    .option('--limit <n>', 'most on a page', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the page after that one, which names it')
    .action(async (flags: Flags & { account?: string; limit: number; cursor?: string }) => {
      const query = new URLSearchParams({ limit: String(flags.limit) });
      if (flags.account !== undefined) query.set('account', flags.account);
      if (flags.cursor !== undefined) query.set('cursor', flags.cursor);
      const page = await call<{ statements: StatementView[]; nextCursor: string | null }>(
        flags,
        `/statements?${query.toString()}`,
      );
      print(flags.json, page, () => statementsText(page.statements, page.nextCursor, new Date()));
    });
}

function show(): Command {
  return ofOne('show')
    .description('one statement: its days, balances and problems')
    .action(async (id: string, flags: Flags) => {
      const one = await call<StatementView>(flags, pathOf(id));
      print(flags.json, one, () => statementText(one, new Date()));
    });
}

function withdraw(): Command {
  return ofOne('withdraw')
    .description('takes a statement out of all comparisons; it stays listed')
    .requiredOption('--reason <text>', 'why; it goes into the audit')
    .action(async (id: string, flags: Flags & { reason: string }) => {
      const body = { reason: flags.reason };
      const one = await call<StatementView>(flags, `${pathOf(id)}/withdraw`, { method: 'POST', body });
      print(flags.json, one, () => statementText(one, new Date()));
    });
}

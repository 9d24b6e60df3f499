import { isCurrency, isDate } from '@tieout/canonical';
import { Command, InvalidArgumentError } from 'commander';

/** The services that the demo runs; each is a folder of apps/. */
export const SERVICES = ['crm-ingest', 'erp-adapter', 'planning-publisher', 'reconciliation'] as const;
export type Service = (typeof SERVICES)[number];

export interface DemoOptions {
  /** Stop when the figures agree; otherwise stay up until Ctrl-C. */
  readonly once: boolean;
  /** File of receivables; null takes the data set of the repository. */
  readonly receivables: string | null;
  /** YYYY-MM-DD */
  readonly asOf: string | null;
  readonly currency: string;
  readonly report: string | null;
  readonly kill: readonly Service[];
  readonly json: boolean;
  /** Longest time without any progress, in milliseconds. */
  readonly patienceMs: number;
}

/** Reads the command line; prints help or what is wrong, and ends the process, as commander does. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const program = new Command('npm run demo --')
    .description(
      'Runs invoices and payments from CRM and ERP through Kafka to planning, all on this machine, and proves that file, ERP,\n' +
        'topics and planning agree to the cent, per legal entity and month.',
    )
    .option(
      '--once',
      'stop when the figures are compared, with exit code 0 if all stations agree and there is no break',
      false,
    )
    .option(
      '--receivables <file>',
      'CSV with countryCode, customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, Disputed, SettledDate\n' +
        'and optionally customerName; dates as M/D/YYYY',
    )
    .option('--as-of <date>', 'invoices dated later are not loaded, later settlements not paid', date)
    .option('--currency <code>', 'ISO 4217 code of the amounts', currency, 'USD')
    .option('--report <file>', 'write stations, rejected rows, breaks and record counts as JSON')
    .option(
      '--kill <service>',
      `kill a service with SIGKILL while data flows; repeatable: ${SERVICES.join(', ')}`,
      service,
      [],
    )
    .option('--patience <seconds>', 'give up when nothing moves for so long', seconds, 120)
    .option('--json', 'print the report, and nothing else, to standard output', false)
    .showHelpAfterError('(--help shows every option)')
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  program.parse([...argv]);
  const flags = program.opts<{
    once: boolean;
    receivables?: string;
    asOf?: string;
    currency: string;
    report?: string;
    kill: Service[];
    patience: number;
    json: boolean;
  }>();
  return {
    once: flags.once,
    receivables: flags.receivables ?? null,
    asOf: flags.asOf ?? null,
    currency: flags.currency,
    report: flags.report ?? null,
    kill: flags.kill,
    json: flags.json,
    patienceMs: flags.patience * 1_000,
  };
}

function date(text: string): string {
  if (!isDate(text)) throw new InvalidArgumentError('a day as YYYY-MM-DD');
  return text;
}

function currency(text: string): string {
  const code = text.toUpperCase();
  if (!isCurrency(code)) throw new InvalidArgumentError('an ISO 4217 code such as USD');
  return code;
}

function service(text: string, chosen: readonly Service[]): Service[] {
  const found = SERVICES.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`one of ${SERVICES.join(', ')}`);
  return [...chosen, found];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 5 || value > 86_400)
    throw new InvalidArgumentError('a number of seconds, 5 or more');
  return value;
}

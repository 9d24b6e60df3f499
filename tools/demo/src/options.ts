import { isCurrency, isDate } from '@tieout/canonical';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DISCOVERY_FILE } from './discovery.ts';
import { PLANT_NAMES, type PlantName } from './month-end/plant.ts';
import { FEWEST_CUSTOMERS } from './month-end/stories.ts';

/** The services that the demo runs; each is a folder of apps/. */
export const SERVICES = ['crm-ingest', 'order-to-cash', 'erp-adapter', 'planning-publisher', 'reconciliation'] as const;
export type Service = (typeof SERVICES)[number];

interface CommonOptions {
  /** Stop when everything is compared; otherwise stay up until Ctrl-C. */
  readonly once: boolean;
  readonly report: string | null;
  readonly kill: readonly Service[];
  readonly json: boolean;
  /** Longest time without any progress, in milliseconds. */
  readonly patienceMs: number;
  /** Where the running demo is announced. */
  readonly discovery: string;
}

export interface ReceivablesOptions extends CommonOptions {
  readonly scenario: 'receivables';
  /** File of receivables; null takes the data set of the repository. */
  readonly receivables: string | null;
  /** YYYY-MM-DD */
  readonly asOf: string | null;
  readonly currency: string;
}

export interface MonthEndOptions extends CommonOptions {
  readonly scenario: 'month-end';
  readonly seed: number;
  readonly customers: number;
  /** What is planted, in the order of planting. */
  readonly plants: readonly PlantName[];
}

export type DemoOptions = ReceivablesOptions | MonthEndOptions;

const DEFAULTS = { seed: 2026, customers: 24, currency: 'USD' } as const;
const LARGEST_SEED = 2 ** 31 - 1;
const MOST_CUSTOMERS = 20_000;

interface Flags {
  readonly once: boolean;
  readonly seed?: number;
  readonly customers?: number;
  readonly plants?: readonly PlantName[];
  readonly without?: readonly PlantName[];
  /** true when the option stands without a file */
  readonly receivables?: string | true;
  readonly asOf?: string;
  readonly currency?: string;
  readonly report?: string;
  readonly kill: Service[];
  readonly patience: number;
  readonly json: boolean;
  readonly discovery: string;
}

/** Reads the command line; prints help or what is wrong, and ends the process, as commander does. */
export function readOptions(argv: readonly string[]): DemoOptions {
  try {
    return parseOptions(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    throw error;
  }
}

/** @throws CommanderError after what is wrong, or the help, was written to `out` */
export function parseOptions(
  argv: readonly string[],
  out: (text: string) => void = (text) => void process.stderr.write(text),
): DemoOptions {
  const program = command();
  program.configureOutput({ outputError: (text) => out(text), writeErr: (text) => out(text) });
  program.parse([...argv]);
  const flags = program.opts<Flags>();
  const common = {
    once: flags.once,
    report: flags.report ?? null,
    kill: flags.kill,
    json: flags.json,
    patienceMs: flags.patience * 1_000,
    discovery: flags.discovery,
  };
  const ofMonthEnd = {
    '--seed': flags.seed,
    '--customers': flags.customers,
    '--plants': flags.plants,
    '--without': flags.without,
  };
  const ofReceivables = { '--as-of': flags.asOf, '--currency': flags.currency };
  if (flags.receivables === undefined) {
    refuse(
      program,
      ofReceivables,
      'without --receivables the month-end is generated, with dates and currencies of its own',
    );
    return { ...common, ...monthEnd(flags) };
  }
  refuse(program, ofMonthEnd, 'with --receivables nothing is generated and nothing planted');
  return {
    ...common,
    scenario: 'receivables',
    receivables: flags.receivables === true ? null : flags.receivables,
    asOf: flags.asOf ?? null,
    currency: flags.currency ?? DEFAULTS.currency,
  };
}

function monthEnd({
  seed,
  customers,
  plants,
  without,
}: Flags): Pick<MonthEndOptions, 'scenario' | 'seed' | 'customers' | 'plants'> {
  const chosen = (plants ?? PLANT_NAMES).filter((name) => !without?.includes(name));
  return {
    scenario: 'month-end',
    seed: seed ?? DEFAULTS.seed,
    customers: customers ?? DEFAULTS.customers,
    plants: PLANT_NAMES.filter((name) => chosen.includes(name)),
  };
}

function refuse(program: Command, options: Readonly<Record<string, unknown>>, because: string): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length > 0) program.error(`error: ${given.join(' and ')} cannot be used here: ${because}`);
}

function command(): Command {
  return new Command('npm run demo --')
    .description(
      'Plays a month-end on this machine: deals won in the CRM become orders and invoices in the ERP, payments come in, planning ' +
        'hears of it, all through Kafka. Then discrepancies are planted in the vendor sandboxes, and reconciliation must find exactly ' +
        'them. With --receivables, invoices and payments of a file instead, which every station must say to the cent.',
    )
    .option('--once', 'stop when everything is compared, with exit code 0 if it came out as it should', false)
    .option(
      '--seed <n>',
      `which month-end is generated (default: ${DEFAULTS.seed})`,
      wholeNumber('a seed', 0, LARGEST_SEED),
    )
    .option(
      '--customers <n>',
      `how many customers it has, ${FEWEST_CUSTOMERS} or more (default: ${DEFAULTS.customers})`,
      wholeNumber('a number of customers', FEWEST_CUSTOMERS, MOST_CUSTOMERS),
    )
    .option(
      '--plants <list>',
      `what is planted (default: all): all, none, or some of ${PLANT_NAMES.join(', ')}`,
      plantList,
    )
    .option('--without <list>', 'what is not planted', plantList)
    .option(
      '--receivables [file]',
      'CSV with countryCode, customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, Disputed, SettledDate ' +
        "and optionally customerName; dates as M/D/YYYY. Without a file, the repository's own data set",
    )
    .option(
      '--as-of <date>',
      'with --receivables: invoices dated later are not loaded, later settlements not paid',
      date,
    )
    .option(
      '--currency <code>',
      `with --receivables: ISO 4217 code of the amounts (default: ${DEFAULTS.currency})`,
      currency,
    )
    .option('--report <file>', 'write what was compared, what was found and record counts as JSON')
    .option(
      '--kill <service>',
      `kill a service with SIGKILL while data flows; repeatable: ${SERVICES.join(', ')}`,
      service,
      [],
    )
    .option('--patience <seconds>', 'give up when nothing moves for so long', wholeNumber('seconds', 5, 86_400), 120)
    .option('--json', 'print the report, and nothing else, to standard output', false)
    .option('--discovery <file>', 'where other programs find the running demo', DISCOVERY_FILE)
    .showHelpAfterError('(--help shows every option)')
    .exitOverride();
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

function plantList(text: string): readonly PlantName[] {
  if (text === 'all') return PLANT_NAMES;
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const found = PLANT_NAMES.find((one) => one === name.trim());
    if (found === undefined)
      throw new InvalidArgumentError(`"${name.trim()}" is not one of ${PLANT_NAMES.join(', ')}, all, none`);
    return found;
  });
}

function wholeNumber(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`${what}: a whole number from ${least} to ${most}`);
    return value;
  };
}

import { isCurrency, isDate } from '@tieout/canonical';
import { COLUMNS, dateReader, ENCODINGS, type Column, type ReadOptions } from '@tieout/statements';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { fromWhereItWasTyped } from './config.ts';
import type { SideOptions } from './reconcile-flags.ts';

/** What every command takes that reads two sides from files; its flags are `InputFlags`. */
export function withInput(command: Command): Command {
  command
    .requiredOption('--left <files...>', 'one side: a CSV file, or camt.053 files (.xml)', files)
    .requiredOption('--right <files...>', 'the other side', files)
    .option('--as-of <date>', 'the day of the comparison, YYYY-MM-DD; without it the latest date in the files', day)
    .option(
      '--rates <file>',
      'exchange rates: CSV with from, to, date, rate and optionally source',
      fromWhereItWasTyped,
    )
    .option('--skip-bad-rows', 'set bad rows aside, listed in the result, instead of refusing the file', false)
    .option('--allow-incomplete', 'compare although bank statements are not proven to be complete', false);
  for (const option of sideOptions()) command.addOption(option);
  return command;
}

/** Options about how a file is written; each for both sides, or for one: `left:comma`. */
function sideOptions(): readonly Option[] {
  const one = <K extends keyof ReadOptions>(
    flags: string,
    text: string,
    parse: (text: string) => ReadOptions[K],
  ): Option => new Option(flags, `${text} (both sides, or left:… / right:…)`).argParser(bySide(parse));
  return [
    one<'decimal'>(
      '--decimal <mark>',
      'comma or point: what stands before decimals',
      oneOf(['comma', 'point'] as const),
    ),
    one<'dateFormat'>('--date-format <format>', 'how dates are written, e.g. DD.MM.YYYY', dateFormat),
    one<'encoding'>('--encoding <name>', 'utf-8, utf-16 or windows-1252 (Latin-1)', oneOf(ENCODINGS)),
    one<'currency'>('--currency <code>', 'of every row of a file without that column', currency),
    one<'columns'>('--columns <names>', 'other names of columns, e.g. id=Voucher,amount=Total', columns),
  ];
}

/** Both sides, or the one that the text begins with; a later option overrides an earlier one. */
function bySide<T>(parse: (text: string) => T): (text: string, before: SideOptions<T> | undefined) => SideOptions<T> {
  return (text, before = {}) => {
    const [, side, value = ''] = /^(?:(left|right):)?([^]*)$/.exec(text) ?? [];
    const parsed = parse(value);
    return side === undefined ? { left: parsed, right: parsed } : { ...before, [side]: parsed };
  };
}

const files = (file: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  fromWhereItWasTyped(file),
];

function day(text: string): string {
  if (isDate(text)) return text;
  throw new InvalidArgumentError('a day that exists, as YYYY-MM-DD');
}

function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`one of ${names.join(', ')}`);
  };
}

function dateFormat(text: string): string {
  const reader = dateReader(text);
  if (typeof reader === 'string') throw new InvalidArgumentError(reader);
  return text;
}

function currency(text: string): string {
  if (isCurrency(text)) return text;
  throw new InvalidArgumentError('an ISO 4217 currency code such as EUR');
}

function columns(text: string): Partial<Record<Column, string>> {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  const known = Object.keys(COLUMNS);
  for (const [column = '', name = '', ...more] of pairs)
    if (!known.includes(column) || name === '' || more.length > 0)
      throw new InvalidArgumentError(`column=name, several with commas; columns are ${known.join(', ')}`);
  return Object.fromEntries(pairs) as Partial<Record<Column, string>>;
}

import { FAMILIES, type KindScore, type OutcomeScore, type TruthOutcome } from '@tieout/testing/reconciliation-truth';
import type { Measured } from './measure.ts';
import { musts } from './musts.ts';
import { OUTCOMES } from './tally.ts';

export interface Facts {
  /** The command that makes the same page again. */
  readonly command: string;
  readonly worlds: readonly Measured[];
  /** Empty when the file of invoices was not at hand. */
  readonly receivables: readonly Measured[];
}

/** docs/reference/reconciliation-quality.md. Nothing in it depends on the machine or on the day. */
export function documentOf({ command, worlds, receivables }: Facts): string {
  return [
    '<!-- Written by `npm run bench -- quality --document`. Do not edit; measure again. -->\n',
    '# How right the matching is\n',
    ...INTRODUCTION,
    `Written by \`${command}\`, which makes the same page again.\n`,
    '## What must hold\n',
    mustTable([...worlds, ...receivables]),
    ...worlds.flatMap((measured) => [`## Planted worlds, ${measured.subject.name} rules\n`, ...sectionOf(measured)]),
    '## Invoices against a bank statement\n',
    ...RECEIVABLES,
    ...(receivables.length === 0
      ? ['Not measured: the file was not given.\n']
      : receivables.flatMap((measured) => [`### With ${measured.subject.name} rules\n`, ...sectionOf(measured)])),
    '## What is missed, and why\n',
    ...LIMITS,
  ].join('\n');
}

const INTRODUCTION = [
  'A generator (`libs/testing/src/reconciliation-truth`) plants situations whose truth is known because of how they were made; it',
  'knows nothing of the engine. Every situation is one _case_: its items belong to nothing else, and the generator makes sure that',
  'no amount or sum of another case comes near it by accident. Each world is delivered twice, the second time with what came late.',
  'A judge compares what the engine said with what is right:\n',
  '- **wanted**: cases that were answered in the wanted way; **right**: in any right way (a wanted match that was only suggested is',
  '  right, not wanted); **precision**: of the groups that touch a case of the class, those that are in a right answer; **type**: of',
  '  the right groups that have a kind of break or explanation, those that say which.',
  '- per outcome, **recall**: of the groups that should have this outcome, those that have exactly it; **precision**: of the groups',
  '  that have it, those that are right.\n',
];

const RECEIVABLES = [
  'The real case: invoices as a public data set holds them (`--receivables`), and a statement derived from them with payments that',
  'name, misname and bundle invoices, instalments, fees, double payments and payments for nothing known. The amounts are small and',
  'many customers have many invoices, so that sums agree by accident. The file is not part of this repository.\n',
];

const LIMITS = [
  'What is missed is never matched wrongly; it shows as a break or is suggested:\n',
  '- Several items against several without a common reference (`nm-subset`) are searched only by rules that ask for it: the default',
  '  rules do not, for sums of many agree by accident.',
  '- A name with a slip in a short word (`name-respelt`) may be too unlike for any rule to suggest it.',
  '- The default rules suggest by name and amount within five days, and misspelt references within thirty. Customers pay later than',
  '  that, so most payments that name nothing stay breaks until a rule states how long customers take, as `receivables` does.',
  '- Classes that depend on an agreement are left out for the default rules: percentages, exchange, names of companies of ours.\n',
];

function mustTable(all: readonly Measured[]): string {
  return table(
    ['data, rules', 'what must not be', 'found', 'of'],
    all.flatMap(({ what: data, subject, tally }) =>
      musts(tally).map(({ what, faults, of }) => [
        `${data}, ${subject.name}`,
        what,
        faults === 0 ? '0' : `**${grouped(faults)}**`,
        grouped(of),
      ]),
    ),
  );
}

function sectionOf({ subject, tally }: Measured): string[] {
  return [
    `${capital(subject.about)}. ${grouped(tally.scenes)} deliveries, ${grouped(tally.items)} items.\n`,
    table(
      ['outcome', 'should be', 'recall', 'said', 'precision'],
      OUTCOMES.map((outcome) => outcomeRow(outcome, tally.outcomes[outcome])),
    ),
    ...classTables(tally.kinds),
  ];
}

const CLASS_COLUMNS = ['planted', 'wanted', 'right', 'precision', 'type'];

/** One table for each family of classes; one for all where they have no families. */
function classTables(kinds: readonly KindScore[]): string[] {
  const of = (names: readonly string[]): KindScore[] =>
    names.flatMap((name) => kinds.find(({ kind }) => kind === name) ?? []);
  const families = FAMILIES.map(({ name, kinds: names }) => ({ name, scores: of(names) }));
  const known = families.filter(({ scores }) => scores.length > 0);
  if (known.length === 0) return [table(['class', ...CLASS_COLUMNS], kinds.map(kindRow))];
  return known.map(({ name, scores }) => table([name, ...CLASS_COLUMNS], scores.map(kindRow)));
}

function outcomeRow(outcome: TruthOutcome, { wanted, found, said, right }: OutcomeScore): string[] {
  return [outcome, grouped(wanted), share(found, wanted), grouped(said), share(right, said)];
}

function kindRow(score: KindScore): string[] {
  const { kind, planted, wanted, right, groups, rightGroups, typed, rightlyTyped } = score;
  return [
    kind,
    grouped(planted),
    share(wanted, planted),
    share(right, planted),
    share(rightGroups, groups),
    share(rightlyTyped, typed),
  ];
}

/** Never rounded up to all or down to none. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '-';
  const permille = Math.round((1000 * part) / whole);
  const honest = part < whole ? Math.min(permille, 999) : permille;
  return `${(part > 0 ? Math.max(honest, 1) : honest) / 10} %`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '--:'))), ...rows.map(line), ''].join('\n');
}

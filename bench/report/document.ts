import { boundOf, judge, type Target, unitText, type Verdict } from '../judge.ts';
import type { Result } from '../measurement.ts';
import type { Machine } from './machine.ts';

/** What the figures cannot say themselves. */
export interface Text {
  readonly what: string;
  readonly text: string;
}

/** The words of a page about a benchmark. */
export interface Page {
  /** As in `npm run bench -- <name>`. */
  readonly name: string;
  readonly title: string;
  /** Goes on after "Measured on <day> by <command>: <machine>." */
  readonly about: string;
  /** What stands above the table of all figures. */
  readonly figures: string;
  readonly limits: readonly Text[];
  readonly subjects: readonly Text[];
}

export interface Facts {
  readonly machine: Machine;
  readonly notes: readonly string[];
  readonly plotFile: string;
  readonly command: string;
  readonly targets: readonly Target[];
}

/** A page under docs/reference: what was measured, how, and what limits it. */
export function documentOf(page: Page, results: readonly Result[], facts: Facts): string {
  return [
    `<!-- Written by \`npm run bench -- ${page.name} --document\`. Do not edit; measure again. -->\n`,
    `# ${page.title}\n`,
    `Measured on ${facts.machine.date} by \`${facts.command}\`: ${facts.machine.text}. ${page.about}\n`,
    `![The figures below, drawn](${facts.plotFile})\n`,
    '## Against the targets\n',
    table(['what', 'target', 'measured', ''], judge(results, facts.targets).map(verdictRow)),
    '## What limits each\n',
    ...page.limits.map(({ what, text }) => `- **${what}.** ${text}`),
    '',
    '## Figures\n',
    `${page.figures}\n`,
    table(
      ['metric', 'subject', 'median', 'min', 'max', 'unit', 'CPU s', 'max RSS MiB'],
      results.map((r) => [
        r.metric,
        r.subject,
        ...[r.median, r.min, r.max].map(figure),
        r.unit,
        figure(r.cpuSeconds),
        figure(r.maxRssMiB),
      ]),
    ),
    '## What was run\n',
    ...page.subjects.map(({ what, text }) => `- **${what}**: ${text}`),
    '',
    ...(facts.notes.length === 0
      ? []
      : ['Not measured:\n', ...facts.notes.map((note) => `- ${note.replace(/\n.*/s, '')}`), '']),
  ].join('\n');
}

function verdictRow({ target, measured, verdict }: Verdict): string[] {
  const value = measured === null ? '' : `${Number(measured.toPrecision(3))}${unitText(target.unit)}`;
  return [target.what, boundOf(target), value, verdict === 'missed' ? '**missed**' : verdict];
}

const figure = (value: number | null): string =>
  value === null ? '' : value.toLocaleString('en-US', { maximumSignificantDigits: 4 });

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

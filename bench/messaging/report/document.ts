import type { Result } from '../measurement.ts';
import { boundOf, judge, unitText, type Verdict } from '../targets.ts';
import type { Machine } from './machine.ts';
import { LIMITS, SUBJECTS } from './texts.ts';

/** docs/reference/performance.md: what was measured, how, and what limits it. */
export function documentOf(
  results: readonly Result[],
  {
    machine,
    notes,
    plotFile,
    command,
  }: { machine: Machine; notes: readonly string[]; plotFile: string; command: string },
): string {
  return [
    '<!-- Written by `npm run bench -- messaging --document`. Do not edit; measure again. -->\n',
    '# How fast the messaging is\n',
    `Measured on ${machine.date} by \`${command}\`: ${machine.text}. All subjects share that machine with the broker and the`,
    'database, and take turns within one run; figures are medians with the smallest and the largest round. Ratios hold',
    'elsewhere, absolute figures do not.\n',
    `![Bars of the figures below](${plotFile})\n`,
    '## Against the targets\n',
    table(['what', 'target', 'measured', ''], judge(results).map(verdictRow)),
    '## What limits each\n',
    ...LIMITS.map(({ what, text }) => `- **${what}.** ${text}`),
    '',
    '## Figures\n',
    "Processor time and memory are those of the subject's own processes; what an event costs the servers stands in lines of",
    'its own.\n',
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
    ...SUBJECTS.map(({ what, text }) => `- **${what}**: ${text}`),
    '',
    ...(notes.length === 0 ? [] : ['Not measured:\n', ...notes.map((note) => `- ${note.replace(/\n.*/s, '')}`), '']),
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

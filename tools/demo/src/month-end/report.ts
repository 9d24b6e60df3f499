import { breakText, type ReportedBreak } from '../report.ts';
import { layout } from '../table.ts';
import type { MonthEndReport } from './report-shape.ts';

/** What an id is the id of, null when nobody knows. */
export type Describe = (id: string) => string | null;

/** The report for a person: what flowed, what each system holds, what was planted and what was found. */
export function reportText(report: MonthEndReport, describe: Describe): string {
  const inWords = (one: ReportedBreak): string => breakText([told(one, describe)]);
  const parts = [
    `What flowed\n${flowTable(report)}`,
    `What each system holds\n${systemTable(report)}`,
    `What the stations say of receivables\n${figureTable(report)}`,
    ...(report.planted.length > 0
      ? [`What was planted, and the breaks that it caused\n${plantedText(report, inWords)}`]
      : []),
    ...(report.unexpected.length > 0
      ? [`Breaks that nothing planted explains\n${report.unexpected.map(inWords).join('\n')}`]
      : []),
    ...(report.missing.length > 0
      ? [`Breaks that were not found\n${report.missing.map((one) => `${one.plant}: ${inWords(one)}`).join('\n')}`]
      : []),
    verdict(report),
  ];
  return parts.join('\n\n');
}

function flowTable({ flow }: MonthEndReport): string {
  const rows = flow
    .filter(({ records, expectedKeys }) => records > 0 || (expectedKeys ?? 0) > 0)
    .map(({ topic, records, keys, expectedKeys }) => [
      topic,
      String(records),
      String(keys),
      expectedKeys === null ? '' : String(expectedKeys),
    ]);
  return layout([['Topic', 'Records', 'Keys', 'Expected'], ...rows], 1).join('\n');
}

function systemTable({ systems }: MonthEndReport): string {
  const currencies = [...new Set(systems.flatMap(({ amounts }) => Object.keys(amounts)))].sort();
  const rows = systems.map(({ system, object, count, amounts }) => [
    system,
    object,
    String(count),
    ...currencies.map((currency) => amounts[currency] ?? ''),
  ]);
  return layout([['System', 'Object', 'Count', ...currencies], ...rows], 2).join('\n');
}

/** One line per place: the figures that all say, and those of planning where a cell was lost there. */
function figureTable({ stations: { expected, planning } }: MonthEndReport): string {
  const keyOf = ({ country, month, currency }: (typeof expected)[number]): string =>
    [country, month, currency].join('|');
  const planned = new Map(planning.map((figure) => [keyOf(figure), figure]));
  const rows = expected.map((figure) => {
    const { country, month, currency, invoices, invoiced, paid, open } = figure;
    const there = planned.get(keyOf(figure));
    const differs =
      there?.invoices !== invoices || there.invoiced !== invoiced || there.paid !== paid || there.open !== open;
    const note = differs
      ? `planning: ${there ? [there.invoices, there.invoiced, there.paid, there.open].join(', ') : 'nothing'}`
      : '';
    return [country, month, currency, String(invoices), invoiced, paid, open, note];
  });
  const header = ['Legal entity', 'Month', 'Currency', 'Invoices', 'Invoiced', 'Paid', 'Open', ''];
  return layout([header, ...rows], 3).join('\n');
}

function plantedText({ planted }: MonthEndReport, inWords: (one: ReportedBreak) => string): string {
  return planted
    .flatMap(({ plant, system, done, expected, found }) => [
      `${found ? 'found ' : 'MISSED'}  ${plant} (${system}): ${done}`,
      ...expected.map((one) => `        ${inWords(one)}`),
    ])
    .join('\n');
}

/** Ids in the words of the scenario. */
function told(one: ReportedBreak, describe: Describe): ReportedBreak {
  const side = (text: string | null): string | null => (text === null ? null : (describe(text) ?? text));
  return { ...one, object: describe(one.object) ?? one.object, expected: side(one.expected), actual: side(one.actual) };
}

function verdict({ tiedOut, planted, breaks }: MonthEndReport): string {
  if (!tiedOut) return 'The month-end does not tie out: what was found is not what was planted.';
  if (planted.length === 0) return 'The month-end ties out: every system tells the same story, no break.';
  return `The month-end ties out: ${planted.length} discrepancies were planted, exactly their ${breaks.length} breaks were found.`;
}

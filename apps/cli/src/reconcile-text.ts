import { formatAmount, isCurrency } from '@tieout/canonical';
import { OUTCOMES, type Outcome } from '@tieout/matching';
import { SIDES, type ReconcileFlags } from './reconcile-flags.ts';
import { SHOWN, type Weighed } from './reconcile-highlights.ts';
import type { RefusedInput } from './reconcile-input.ts';
import type { Comparison, Sums } from './reconcile-comparison.ts';

const MOST_PROBLEMS = 20;

/** Why nothing was compared. */
export function refusedText({ problems, advice }: RefusedInput): string {
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ file, at, column, reason }) => {
    const where = [file, at === 'the file' ? '' : at, column ?? ''].filter((part) => part !== '').join(', ');
    return `  ${where}: ${reason}`;
  });
  const more = problems.length - MOST_PROBLEMS;
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return [
    `Nothing was compared: ${count} in the input.`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...advice.map((text) => `Or: ${text}.`),
  ].join('\n');
}

/** What was found, for a person at a terminal. */
export function summaryText(comparison: Comparison, flags: Pick<ReconcileFlags, 'out' | 'rules'>): string {
  const { facts } = comparison;
  return [
    [`As of ${facts.asOf}, rules: ${facts.rules}`, ...sidesTable(comparison)],
    outcomesTable(comparison),
    ...notices(comparison),
    ...(['break', 'suggested', 'ambiguous'] as const).flatMap((kind) => listOf(kind, comparison)),
    verdict(comparison, flags),
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function sidesTable({ facts, totals }: Comparison): readonly string[] {
  const rows = SIDES.flatMap((side) => {
    const sums = Object.entries(totals[side].sums);
    const first = [side, facts[side].join(', '), String(totals[side].items)];
    return (sums.length === 0 ? [['', '']] : sums).map(([currency = '', amount = ''], index) => [
      ...(index === 0 ? first : ['', '', '']),
      money(amount, currency),
      currency,
    ]);
  });
  return table([['SIDE', 'FILE', 'ITEMS', 'SUM', ''], ...rows], [2, 3]);
}

function outcomesTable({ totals }: Comparison): readonly string[] {
  const rows = OUTCOMES.flatMap((outcome) => {
    const { groups, left, right } = totals.outcomes[outcome];
    if (groups === 0) return [[outcome, '0', '0', '0', '', '', '']];
    const currencies = [...new Set([left, right].flatMap(({ sums }) => Object.keys(sums)))].sort();
    return currencies.map((currency, index) => [
      ...(index === 0 ? [outcome, String(groups), String(left.items), String(right.items)] : ['', '', '', '']),
      amountIn(left.sums, currency),
      amountIn(right.sums, currency),
      currency,
    ]);
  });
  const header = ['OUTCOME', 'GROUPS', 'LEFT', 'RIGHT', 'LEFT SUM', 'RIGHT SUM', ''];
  return table([header, ...rows], [1, 2, 3, 4, 5]);
}

const amountIn = (sums: Sums, currency: string): string => money(sums[currency] ?? '0', currency);

/** What makes a result worth less than it looks. */
function notices({ inputs, totals, facts }: Comparison): readonly (readonly string[])[] {
  const empty = SIDES.filter((side) => totals[side].items === 0).map(
    (side) => `The ${side} side has no rows: everything on the other side is one-sided. Is it the right export?`,
  );
  const [left, right] = SIDES.map((side) => Object.keys(totals[side].sums));
  const apart = empty.length === 0 && !left!.some((currency) => right!.includes(currency));
  const aside = SIDES.filter((side) => inputs[side].refused.length > 0).map(
    (side) =>
      `${inputs[side].refused.length} bad rows of the ${side} side were set aside and not compared; the result lists them.`,
  );
  const all = [
    ...empty,
    ...(facts.sign === 'opposite'
      ? ['The sides sign amounts the other way round: an agreeing pair sums up to zero.']
      : []),
    ...(apart
      ? ['The sides have no currency in common: without exchange rates and a rule of kind fx nothing can match.']
      : []),
    ...aside,
    ...SIDES.flatMap((side) => inputs[side].notes),
  ];
  return all.length === 0 ? [] : [all.map((text) => `! ${text}`)];
}

const TITLES = { break: 'breaks', suggested: 'suggestions', ambiguous: 'ambiguous groups' } as const;

function listOf(kind: keyof typeof TITLES, { highlights, totals }: Comparison): readonly (readonly string[])[] {
  const { groups } = totals.outcomes[kind];
  if (groups === 0) return [];
  const lists = [...highlights.largest(kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  const types =
    kind === 'break'
      ? ` (${highlights
          .breakTypes()
          .map(([type, count]) => `${count} ${type}`)
          .join(', ')})`
      : '';
  const title = `${groups} ${groups === 1 ? TITLES[kind].replace(/s$/, '') : TITLES[kind]}${types}`;
  const cut = lists.some(([, list]) => list.length >= SHOWN) ? `, the ${SHOWN} largest of each currency` : '';
  const rows = lists.flatMap(([, list]) => list.map(groupRow));
  const header = [
    kind === 'break' ? 'TYPE' : 'RULE',
    'LEFT',
    'RIGHT',
    'DIFFERENCE',
    '',
    'DATE',
    'REFERENCE',
    'COUNTERPARTY',
  ];
  return [[`${title}${cut}`, ...table([header, ...rows], [3])]];
}

function groupRow({ group, left, right, currency, weight }: Weighed): readonly string[] {
  const item = left[0] ?? right[0];
  const difference = group.difference ?? weight;
  return [
    (group.outcome === 'break' ? group.type : group.rule) ?? '-',
    idsOf(group.left),
    idsOf(group.right),
    money(difference, currency),
    currency,
    item?.date ?? '-',
    shortened(item?.reference ?? '-'),
    shortened(item?.counterparty ?? '-'),
  ];
}

function idsOf(ids: readonly string[]): string {
  if (ids.length === 0) return '-';
  const more = ids.length > 2 ? ` +${ids.length - 2}` : '';
  return ids.slice(0, 2).map(shortened).join(' ') + more;
}

const shortened = (text: string): string => (text.length > 28 ? `${text.slice(0, 27)}…` : text);

function verdict({ totals }: Comparison, { out, rules }: Pick<ReconcileFlags, 'out' | 'rules'>): readonly string[] {
  const { break: breaks, suggested, ambiguous } = totals.outcomes;
  const count = (kind: Outcome): number => totals.outcomes[kind].groups;
  if (totals.left.items === 0 || totals.right.items === 0)
    return ['One side has no rows, so nothing is proven: check that export first.'];
  if (breaks.groups + suggested.groups + ambiguous.groups === 0) {
    const rest = count('timing') + count('explained');
    return [
      rest === 0
        ? 'The two sides tie out.'
        : `The two sides tie out but for ${rest} groups of timing and known reasons.`,
    ];
  }
  return [
    'What to do next',
    ...(breaks.groups === 0 ? [] : ['  breaks: find out which side is wrong, and correct it where it comes from']),
    ...(suggested.groups === 0
      ? []
      : ['  suggested: likely, but not proven; confirm each, or add the reference that proves it']),
    ...(ambiguous.groups === 0
      ? []
      : ['  ambiguous: several ways are equally good; only another fact can decide, e.g. a reference']),
    ...(rules === undefined ? ['  other rules: --rules rules.yaml, see docs/how-to/reconcile-two-files.md'] : []),
    ...(out === undefined ? ['  every group with its evidence: --out result.json'] : []),
  ];
}

const money = (amount: string, currency: string): string =>
  amount !== '' && isCurrency(currency) ? formatAmount(amount, currency) : amount;

/** Columns as wide as they need; those at `right` are aligned by their end. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

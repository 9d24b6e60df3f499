import { layout } from '@tieout/demo';
import { ago } from './text.ts';

export interface OutcomeTotal {
  readonly groups: number;
  readonly items: number;
  readonly sides: Readonly<
    Record<string, { readonly items: number; readonly amounts: Readonly<Record<string, string>> }>
  >;
}

export interface Summary {
  readonly items: number;
  readonly outcomes: Readonly<Record<string, OutcomeTotal>>;
  readonly autoMatchRate: number | null;
  readonly matchRate: number | null;
}

export interface ComparisonRunView {
  readonly runId: string;
  readonly status: string;
  readonly trigger: string;
  readonly asOf: string | null;
  readonly reasons: readonly string[];
  readonly completeness: readonly {
    readonly side: string;
    readonly source: string;
    readonly complete: boolean;
    readonly reason: string | null;
    readonly items: number;
    readonly freshness: string | null;
  }[];
  readonly changedBlocks: number;
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly result: Summary;
}

export interface ComparisonView {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly sides: readonly { readonly name: string; readonly source: string }[];
  readonly rules: { readonly name: string; readonly version: number | null };
  readonly asOf: string | null;
  readonly result: Summary;
  readonly lastRun: ComparisonRunView | null;
}

interface ItemView {
  readonly id: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly date?: string | null;
  readonly reference?: string | null;
  readonly counterparty?: string | null;
}

export interface GroupView {
  readonly outcome: string;
  readonly parts: readonly {
    readonly sides: readonly [string, string];
    readonly rule: string | null;
    readonly type: string | null;
    readonly difference: string | null;
    readonly currency: string | null;
    readonly confidence: number;
    readonly expectedClearing: string | null;
    readonly evidence: Readonly<Record<string, string>>;
    readonly breakId: string | null;
    readonly left: readonly ItemView[];
    readonly right: readonly ItemView[];
  }[];
}

const percent = (rate: number | null): string => (rate === null ? '-' : `${(rate * 100).toFixed(2)} %`);

export function comparisonsText(comparisons: readonly ComparisonView[], now: Date): string {
  if (comparisons.length === 0) return 'No comparison.';
  const rows = comparisons.map(({ name, state, reasons, result, lastRun }) => [
    name,
    state,
    String(result.items),
    percent(result.matchRate),
    String(result.outcomes['break']?.groups ?? 0),
    lastRun === null ? '-' : `${lastRun.status}, ${ago(lastRun.requestedAt, now)}`,
    reasons.join('; '),
  ]);
  const header = ['COMPARISON', 'STATE', 'ITEMS', 'MATCHED', 'BREAKS', 'LAST FULL RUN', 'WHY'];
  return layout([header, ...rows], 7).join('\n');
}

export function comparisonText(one: ComparisonView, now: Date): string {
  const { result, lastRun } = one;
  const facts = [
    ['Comparison', `${one.name}: ${one.description}`],
    ['Owner', one.owner],
    ['State', [one.state, ...one.reasons].join('; ')],
    ['Rules', `${one.rules.name}, version ${one.rules.version ?? '-'}`],
    ['As of', one.asOf ?? '-'],
    ['Matched', `${percent(result.matchRate)}, by rules ${percent(result.autoMatchRate)}`],
    ['Last full run', lastRun === null ? '-' : runText(lastRun, now)],
  ];
  const sides = (lastRun?.completeness ?? []).map(({ side, source, complete, items, freshness, reason }) => [
    ...[side, source, complete ? 'complete' : 'INCOMPLETE', String(items), freshness ?? '-', reason ?? ''],
  ]);
  const parts = [
    layout(facts, 2),
    layout([['OUTCOME', 'GROUPS', 'SIDE', 'ITEMS', 'AMOUNTS'], ...outcomeRows(result)], 5),
  ];
  if (sides.length > 0) parts.push(layout([['SIDE', 'SOURCE', 'COMPLETE', 'ITEMS', 'UP TO', 'WHY'], ...sides], 6));
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

export function runText(
  { status, trigger, requestedAt, runId, reasons, changedBlocks }: ComparisonRunView,
  now: Date,
): string {
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `${status}${why} (${trigger}, ${ago(requestedAt, now)}, ${changedBlocks} blocks decided anew, ${runId})`;
}

function outcomeRows({ outcomes }: Summary): string[][] {
  return Object.entries(outcomes).flatMap(([outcome, { groups, items, sides }]) => {
    if (items === 0) return [[outcome, '0', '', '0', '']];
    return Object.entries(sides).map(([name, side], index) => [
      ...[index === 0 ? outcome : '', index === 0 ? String(groups) : '', name, String(side.items)],
      Object.entries(side.amounts)
        .map(([currency, amount]) => `${amount} ${currency}`)
        .join(', '),
    ]);
  });
}

export function groupsText(groups: readonly GroupView[], nextCursor: string | null): string {
  if (groups.length === 0) return 'No such group.';
  const lines = groups.flatMap(({ outcome, parts }) => parts.flatMap((part) => partLines(outcome, part)));
  return [...lines, ...(nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`])].join('\n');
}

function partLines(outcome: string, part: GroupView['parts'][number]): string[] {
  const { sides, rule, type, difference, currency, expectedClearing, evidence, breakId, left, right } = part;
  const facts = [
    ...(type === null ? [] : [type]),
    ...(rule === null ? [] : [`by ${rule}`]),
    ...(difference === null ? [] : [`difference ${difference} ${currency ?? ''}`.trim()]),
    ...(expectedClearing === null ? [] : [`expected by ${expectedClearing}`]),
    ...Object.entries(evidence).map(([name, value]) => `${name} ${value}`),
    ...(breakId === null ? [] : [`break ${breakId}`]),
  ];
  return [`${outcome}: ${facts.join(', ')}`, ...itemLines(sides[0], left), ...itemLines(sides[1], right)];
}

const itemLines = (side: string, items: readonly ItemView[]): string[] =>
  items.map(({ id, amount = '-', currency = '', date, reference, counterparty }) =>
    [`  ${side}`, amount, currency, date ?? '-', reference ?? '-', counterparty ?? '-', id].join('  '),
  );

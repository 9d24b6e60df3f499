import { formatAmount, isCurrency } from '@tieout/canonical';
import { layout } from '@tieout/demo';
import { OUTCOMES, type Group, type ResultComparison } from '@tieout/matching';

import type { BackTest, RuleSetHistory, RuleSetSummary, RuleSetVersion, RuleSetView } from './rules-api.client.ts';
import { ago } from './text.ts';

type Change = ResultComparison['gained'];
type Example = Change['examples'][number];

const CHANGES = [
  ['gained', 'GAINED', 'matches that there were not'],
  ['lost', 'LOST', 'matches that are none any more'],
  ['changed', 'CHANGED', 'other partners, outcome, type or difference'],
  ['newBreaks', 'NEW BREAKS', 'breaks of items that were in none'],
  ['goneBreaks', 'GONE BREAKS', 'breaks of items that are in none any more'],
] as const;

/** What another rule set changes: counts and values, then examples with their evidence. */
export function comparisonText(result: ResultComparison, examples: number): string {
  return [
    outcomesText(result),
    changesText(result),
    ...confirmedText(result),
    ...CHANGES.slice(0, 3).flatMap(([key, , says]) => examplesText(says, result[key], examples)),
  ].join('\n\n');
}

function outcomesText({ before, after }: ResultComparison): string {
  const rows = OUTCOMES.filter((outcome) => before[outcome].cases + after[outcome].cases > 0).map((outcome) => [
    outcome,
    ...[moneyText(before[outcome].value), moneyText(after[outcome].value)],
    ...[String(before[outcome].cases), String(after[outcome].cases)],
  ]);
  return layout([['OUTCOME', 'VALUE BEFORE', 'VALUE AFTER', 'GROUPS BEFORE', 'GROUPS AFTER'], ...rows], 3).join('\n');
}

function changesText(result: ResultComparison): string {
  const { unchanged } = result;
  const rows = CHANGES.map(([key, title]) => {
    const { cases, left, right, value, by } = result[key];
    const names = Object.entries(by).map(([name, count]) => `${name} ${count}`);
    return [title, names.join(', ') || '-', moneyText(value), String(cases), `${left} + ${right}`];
  });
  const same = ['UNCHANGED', '-', moneyText(unchanged.value), String(unchanged.cases)];
  const header = ['CHANGE', 'BY', 'VALUE', 'CASES', 'ITEMS LEFT + RIGHT'];
  return layout([header, [...same, `${unchanged.left} + ${unchanged.right}`], ...rows], 3).join('\n');
}

function confirmedText({ confirmed: { counts, lost } }: ResultComparison): string[] {
  if (counts.agrees + counts.untouched + counts.lost === 0) return [];
  const says = `Matches that people confirmed: ${counts.agrees} agree, ${counts.untouched} stay as they are, ${counts.lost} WOULD BE LOST`;
  const lines = lost.map(
    ({ id, left, right, by, reason, becomes }) =>
      `  break ${id}: ${left.join(' ')} | ${right.join(' ')}, by ${by}: ${reason}\n    becomes ${becomes.map(groupText).join('; ')}`,
  );
  return [[says, ...lines].join('\n')];
}

function examplesText(says: string, { cases, examples }: Change, most: number): string[] {
  const shown = examples.slice(0, most);
  if (shown.length === 0) return [];
  return [[`${says}, ${shown.length} of ${cases}:`, ...shown.map(exampleText)].join('\n')];
}

function exampleText({ items, before, after, more }: Example): string {
  const rows = items.map(({ side, id, amount, currency, date, reference, counterparty }) => [
    ...[`  ${side}`, id, date ?? '-', reference ?? '-', counterparty ?? '-'],
    amountText(amount, currency),
  ]);
  return [
    ...layout(rows, 5),
    ...(more > 0 ? [`  ... ${more} more items`] : []),
    `    was      ${before.map(groupText).join('; ')}`,
    `    becomes  ${after.map(groupText).join('; ')}`,
  ].join('\n');
}

function groupText({ outcome, type, rule, left, right, difference, currency, evidence }: Group): string {
  const facts = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  const off =
    difference === null || currency === null || Number(difference) === 0 ? [] : [amountText(difference, currency)];
  const why = [rule === null ? 'by no rule' : `by ${rule}`, ...off, ...facts].join(', ');
  return `${outcome}${type === null ? '' : ` ${type}`} [${left.join(' ')} | ${right.join(' ')}] ${why}`;
}

const moneyText = (value: Readonly<Record<string, string>>): string =>
  Object.entries(value)
    .map(([currency, amount]) => amountText(amount, currency))
    .join(', ') || '-';

const amountText = (amount: string, currency: string): string =>
  `${isCurrency(currency) ? formatAmount(amount, currency) : amount} ${currency}`;

export function ruleSetsText(ruleSets: readonly RuleSetSummary[], now: Date): string {
  if (ruleSets.length === 0) return 'There is no rule set.';
  const rows = ruleSets.map(({ name, active, waiting, versions }) => [
    name,
    active === null ? '-' : String(active.version),
    active === null ? '-' : `${ago(active.approved?.at ?? null, now)} by ${active.approved?.by ?? '-'}`,
    waiting.map(({ version, status }) => `${version} ${status}`).join(', ') || '-',
    String(versions),
  ]);
  return layout([['RULE SET', 'ACTIVE', 'SINCE', 'WAITING', 'VERSIONS'], ...rows], 4).join('\n');
}

export function historyText({ name, versions, history, chainFault }: RuleSetHistory, now: Date): string {
  const rows = versions.map((one) => [
    String(one.version),
    ...[one.status, one.origin, one.basedOn === null ? '-' : String(one.basedOn), one.hash.slice(0, 12)],
    ...[one.drafted.by, one.proposed?.by ?? '-', one.approved?.by ?? '-', one.drafted.reason],
  ]);
  const header = ['VERSION', 'STATUS', 'FROM', 'BASED ON', 'RULES', 'WRITTEN BY', 'PROPOSED BY', 'APPROVED BY', 'WHY'];
  const acts = history.map(({ at, actor, action, reason, details }) => [
    ...[ago(at, now), `version ${details['version'] ?? '-'}`, action, actor, reason ?? '-'],
  ]);
  return [
    name,
    layout([header, ...rows], 9).join('\n'),
    layout([['WHEN', 'WHAT', 'ACT', 'BY', 'WHY'], ...acts], 5).join('\n'),
    chainFault === null
      ? 'The audit chain is whole.'
      : `THE AUDIT CHAIN IS BROKEN at entry ${chainFault.sequence}: ${chainFault.problem}`,
  ].join('\n\n');
}

export const versionLine = ({ name, version, status, hash }: RuleSetVersion): string =>
  `${name} version ${version} is ${status}, rules ${hash.slice(0, 12)}`;

/** The rules themselves, under who did what, as comments: the whole is a file of rules again. */
export function versionText({ version, source }: RuleSetView): string {
  const signed = (['drafted', 'proposed', 'approved', 'rejected', 'retired'] as const).flatMap((act) => {
    const one = version[act];
    return one === null ? [] : [`# ${act} ${one.at} by ${one.by}: ${one.reason.replaceAll(/\s+/g, ' ')}`];
  });
  return [`# ${versionLine(version)}`, ...signed, source.trimEnd()].join('\n');
}

export const progressText = ({ status, progress: { targets, of, blocks, items } }: BackTest): string =>
  status === 'waiting'
    ? 'waiting'
    : `${targets} of ${of} cut-offs done, ${blocks} blocks with ${items} items of the next`;

export function backTestText(test: BackTest, examples: number): string {
  const { name, version, baseline, status, problem, results, requested } = test;
  const against = baseline === null ? 'no rules' : `version ${baseline.version}`;
  const head = [
    `${name}: version ${version} instead of ${against}, back-test ${test.backTestId}`,
    `${status}${test.endedAt === null ? '' : ` ${test.endedAt}`}, asked for by ${requested.by}${problem === null ? '' : `: ${problem}`}`,
  ];
  if (status === 'done' && results.length === 0)
    head.push('No comparison with items uses these rules: nothing was compared.');
  const parts = results.map(({ comparison, sides, asOf, left, right, result }) =>
    [
      `== ${comparison}, items up to ${asOf}: ${left} of ${sides[0]}, ${right} of ${sides[1]}`,
      left + right === 0 ? 'There are no items: this says nothing.' : comparisonText(result, examples),
    ].join('\n\n'),
  );
  return [head.join('\n'), ...parts].join('\n\n');
}

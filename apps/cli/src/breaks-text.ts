import { layout, nameOf } from '@tieout/demo';
import type { BreakCase, BulkAnswer, ChainAnswer, ImportAnswer, WorkedBreak } from './breaks-api.client.ts';
import { ago } from './text.ts';

export function workedBreaksText(breaks: readonly WorkedBreak[], nextCursor: string | null, now: Date): string {
  if (breaks.length === 0) return 'No such break.';
  const rows = breaks.map((one) => [
    one.workflow ?? one.status,
    one.severity,
    `${one.check} ${one.kind}`,
    `${one.objectType} ${nameOf(one)}`,
    ago(one.openedAt, now),
    one.assignee ?? '-',
    dueText(one, now),
    one.breakId,
    money(one.value, one.currency),
    money(one.groupValue, one.groupCurrency),
  ]);
  const header = ['WORK', 'SEVERITY', 'CHECK', 'OBJECT', 'OPENED', 'ASSIGNEE', 'DUE', 'ID', 'VALUE', 'IN GROUP'];
  const table = layout([header, ...rows], 8).join('\n');
  return nextCursor === null ? table : `${table}\n\nMore: --cursor ${nextCursor}`;
}

const money = (amount: string | null, currency: string | null): string =>
  amount === null ? '-' : `${amount} ${currency ?? ''}`.trim();

function dueText({ dueAt, workflow }: WorkedBreak, now: Date): string {
  if (dueAt === null || workflow === 'CLOSED' || workflow === 'RESOLVED') return '-';
  return Date.parse(dueAt) < now.getTime() ? `OVERDUE ${dueAt.slice(0, 10)}` : dueAt.slice(0, 10);
}

/** One break with all that happened to it, where it leads, and what may be done. */
export function breakCaseText({ break: one, actions, links, history, chainFault }: BreakCase, now: Date): string {
  const facts: [string, string | null][] = [
    ['Break', one.breakId],
    ['Work', `${one.workflow ?? '-'}, ${one.severity}, revision ${one.revision}; the difference is ${one.status}`],
    ['Check', `${one.check}, ${one.kind}`],
    ['Object', `${one.objectType} ${one.object}`],
    ['Expected', one.expected],
    ['Actual', one.actual],
    ['Difference', one.difference],
    ['Value', one.value === null ? null : valueText(one)],
    ['Legal entity', one.legalEntityId],
    ['Customer', one.customerId],
    ['Owner', one.ownerGroup],
    ['Assignee', one.assignee ?? 'nobody'],
    ['Opened', `${one.openedAt} (${ago(one.openedAt, now)})`],
    ['Due', dueText(one, now)],
    ['Resolution', one.resolution === null ? null : resolutionText(one)],
  ];
  const known = facts.filter((row): row is [string, string] => row[1] !== null);
  const evidence = Object.entries(one.evidence).map(([name, value]) => [`  ${name}`, value]);
  const led = links.map(({ about, where, entity, id, url }) => [
    `  ${about}`,
    [where, entity].filter(Boolean).join(' '),
    id,
    url ?? '',
  ]);
  const happened = history.map(({ at, actor, action, reason }) => [`  ${at}`, actor, action, reason ?? '']);
  return [
    ...layout(known, 2),
    ...part('Evidence', evidence),
    ...part('Where to look', led),
    ...part('History', happened),
    ...part(`What may be done (breaks <act> ${one.breakId})`, actions.map(offer)),
    ...(chainFault === null
      ? []
      : [`THE HISTORY WAS TAMPERED WITH at entry ${chainFault.sequence}: ${chainFault.problem}.`]),
  ].join('\n');
}

const part = (title: string, rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [title, ...layout(rows, rows[0]?.length ?? 0)];

const valueText = (one: WorkedBreak): string => {
  const inGroup =
    one.groupValue === null
      ? `not known in ${one.groupCurrency ?? 'the group'}`
      : money(one.groupValue, one.groupCurrency);
  return one.currency === one.groupCurrency
    ? money(one.value, one.currency)
    : `${money(one.value, one.currency)} (${inGroup})`;
};

function resolutionText({
  resolution,
  resolutionReason,
  proposedBy,
  approvedBy,
  expectedOn,
  counterpart,
}: WorkedBreak): string {
  const parts = [
    `${resolution ?? ''} by ${proposedBy ?? '-'}`,
    approvedBy === null ? null : `approved by ${approvedBy}`,
    expectedOn === null ? null : `until ${expectedOn}`,
    counterpart === null ? null : `with ${counterpart}`,
  ];
  return `${parts.filter((one) => one !== null).join(', ')}: ${resolutionReason ?? ''}`;
}

const OPTIONS: Readonly<Record<string, string>> = {
  expectedOn: '--expected-on',
  counterpart: '--counterpart',
  assignee: '<person>',
  dueOn: '<day>',
};

function offer({ action, resolution, does, needsReason, needs, secondPerson }: BreakCase['actions'][number]): string[] {
  const call = resolution === null ? action : `${action} --resolution ${resolution}`;
  const asks = [
    ...needs.map((name) => OPTIONS[name] ?? name),
    ...(needsReason && action !== 'comment' ? ['--reason'] : []),
  ];
  const second = secondPerson ? ' A second person has to approve it.' : '';
  return [`  ${[call, ...asks].join(' ')}`, `${does}${second}`];
}

export function bulkText({ dryRun, success, ineligible, failed, items }: BulkAnswer): string {
  const rows = items.map(({ breakId, outcome, workflow, reason }) => [
    outcome === 'success' && dryRun ? 'eligible' : outcome,
    breakId,
    workflow ?? '-',
    reason ?? '',
  ]);
  const summary = dryRun
    ? `Nothing was done: ${success} of ${items.length} are eligible. Do it with --yes.`
    : `${success} done, ${ineligible} ineligible, ${failed} failed.`;
  return rows.length === 0
    ? 'No such break.'
    : [...layout([['OUTCOME', 'ID', 'WORK', 'WHY NOT'], ...rows], 4), '', summary].join('\n');
}

export function importText({ applied, counts, rows }: ImportAnswer): string {
  const told = rows.filter(({ outcome, ignored }) => outcome !== 'unchanged' || ignored.length > 0);
  const table = told.map(({ line, breakId, outcome, reason, changes, ignored, workflow, current }) => [
    String(line),
    outcome === 'success' && !applied ? 'eligible' : outcome,
    breakId,
    [
      ...changes,
      ...(workflow === null ? [] : [`then ${workflow}`]),
      ...(reason === null ? [] : [reason]),
      ...(current === null
        ? []
        : [`now: revision ${current.revision}, ${current.workflow ?? '-'}, ${current.assignee ?? 'nobody'}`]),
      ...(ignored.length === 0 ? [] : [`only for reading: ${ignored.join(', ')}`]),
    ].join('; '),
  ]);
  const summary = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome === 'success' && !applied ? 'eligible' : outcome}`)
    .join(', ');
  const end = applied ? `Applied: ${summary}.` : `Nothing was changed: ${summary || 'no rows'}. Apply it with --yes.`;
  return [...(table.length === 0 ? [] : [...layout([['LINE', 'OUTCOME', 'ID', 'WHAT'], ...table], 4), '']), end].join(
    '\n',
  );
}

export function chainsText(checked: number, entries: number, faults: readonly ChainAnswer[]): string {
  const found = faults.map(
    ({ breakId, fault }) => `${breakId} at entry ${fault?.sequence ?? '?'}: ${fault?.problem ?? ''}`,
  );
  const summary = `${checked} breaks with ${entries} audit entries were checked: ${faults.length === 0 ? 'all are as they were written.' : `${faults.length} ARE NOT AS THEY WERE WRITTEN.`}`;
  return [...found, summary].join('\n');
}

import { layout } from '@tieout/demo';
import type { ExceptionView, ListedException } from '@tieout/messaging';
import { ago } from './text.ts';

/** An exception and the service that has it. */
export interface Owned {
  readonly service: string;
  readonly view: ExceptionView;
}

export function exceptionsText(
  exceptions: readonly ListedException[],
  more: readonly { readonly service: string; readonly nextCursor: string }[],
  now: Date,
): string {
  if (exceptions.length === 0) return 'No such exception.';
  const rows = exceptions.map((one) => [
    one.status === 'OPEN' ? one.severity : one.status,
    one.kind,
    one.service,
    `${one.objectType} ${one.objectId}`,
    ago(one.raisedAt, now),
    one.assignee ?? '-',
    one.exceptionId,
    atStake(one),
  ]);
  const header = ['SEVERITY', 'KIND', 'SERVICE', 'OBJECT', 'RAISED', 'ASSIGNEE', 'ID', 'AT STAKE'];
  const table = layout([header, ...rows], 7).join('\n');
  const next = more.map(({ service, nextCursor }) => `More: --service ${service} --cursor ${nextCursor}`);
  return [table, ...(next.length === 0 ? [] : ['', ...next])].join('\n');
}

const atStake = ({ atStake: amount, currency }: ListedException): string =>
  amount === null ? '-' : `${amount} ${currency ?? ''}`.trim();

/** One exception with all that happened to it and what may be decided. */
export function exceptionText({ service, view }: Owned, now: Date): string {
  const { exception: one, actions, history, chainFault } = view;
  const due = one.dueAt !== null && one.status === 'OPEN' && Date.parse(one.dueAt) < now.getTime() ? ', OVERDUE' : '';
  const facts: [string, string | null][] = [
    ['Exception', one.exceptionId],
    ['Status', `${one.status}, ${one.severity}, revision ${one.revision}`],
    ['Kind', `${one.kind} of ${service}`],
    ['Object', `${one.objectType} ${one.objectId}`],
    ['What', one.message],
    ['What would fix it', one.cure],
    ['At stake', one.atStake === null ? null : atStake(one)],
    ['Owner', one.ownerGroup],
    ['Assignee', one.assignee ?? 'nobody'],
    ['Raised', `${one.raisedAt} (${ago(one.raisedAt, now)})`],
    ['Due', one.dueAt === null ? null : `${one.dueAt}${due}`],
    ['Ended', one.resolution],
  ];
  const known = facts.filter((row): row is [string, string] => row[1] !== null);
  const details = Object.entries(one.details).map(([name, value]) => [`  ${name}`, value]);
  const lines = [...layout(known, 2), ...(details.length === 0 ? [] : ['Details', ...layout(details, 2)])];
  const happened = history.map(({ at, actor, action, reason }) => [`  ${at}`, actor, action, reason ?? '']);
  if (happened.length > 0) lines.push('History', ...layout(happened, 4).map((line) => line.trimEnd()));
  const decisions = actions.map(({ action, does, needsReason }) => [
    `  ${action}`,
    `${does}${needsReason ? ' Needs --reason.' : ''}`,
  ]);
  if (decisions.length > 0) lines.push('May be decided (exceptions decide <id> --action …)', ...layout(decisions, 2));
  if (chainFault !== null)
    lines.push(`THE HISTORY WAS TAMPERED WITH at entry ${chainFault.sequence}: ${chainFault.problem}.`);
  return lines.join('\n');
}

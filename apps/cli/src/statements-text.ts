import { layout } from '@tieout/demo';
import { ago } from './text.ts';

export interface StatementView {
  readonly statementId: string;
  readonly account: string;
  readonly format: string;
  readonly status: string;
  readonly problems: readonly { readonly at: string; readonly reason: string }[];
  readonly putBy: string;
  readonly putAt: string;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly parts?: readonly {
    readonly account: string;
    readonly statementId: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly currency: string;
    readonly opening: string | null;
    readonly closing: string | null;
    readonly moved: string;
    readonly lineCount: number;
  }[];
}

export function statementsText(statements: readonly StatementView[], nextCursor: string | null, now: Date): string {
  if (statements.length === 0) return 'No statement.';
  const rows = statements.map(({ account, status, format, problems, putBy, putAt, statementId }) => [
    ...[account, status, format, String(problems.length), putBy, ago(putAt, now), statementId],
  ]);
  const table = layout([['ACCOUNT', 'STATUS', 'FORMAT', 'PROBLEMS', 'BY', 'HANDED IN', 'ID'], ...rows], 7).join('\n');
  return nextCursor === null ? table : `${table}\n\nMore: --cursor ${nextCursor}`;
}

export function statementText(one: StatementView, now: Date): string {
  const facts = [
    ['Statement', one.statementId],
    ['Account', one.account],
    ['Status', one.status],
    ['Handed in', `${ago(one.putAt, now)} by ${one.putBy}, ${one.format}`],
    ...(one.endedAt === null
      ? []
      : [['Withdrawn', `${ago(one.endedAt, now)} by ${one.endedBy ?? '-'}: ${one.endReason ?? ''}`]]),
  ];
  const parts = [layout(facts, 2)];
  const rows = (one.parts ?? []).map((part) => [
    ...[part.account, part.statementId, part.from ?? '-', part.to ?? '-', String(part.lineCount)],
    ...[part.opening ?? '-', part.moved, part.closing ?? '-', part.currency],
  ]);
  const header = ['BANK ACCOUNT', 'BANK ID', 'FROM', 'TO', 'LINES', 'OPENING', 'MOVED', 'CLOSING', 'CURRENCY'];
  if (rows.length > 0) parts.push(layout([header, ...rows], 5));
  if (one.problems.length > 0) parts.push(['Problems:', ...one.problems.map(({ at, reason }) => `  ${at}: ${reason}`)]);
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

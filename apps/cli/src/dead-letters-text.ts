import { layout } from '@tieout/demo';
import type { Letter, LetterDetail, Plan, Redrive } from './dead-letters-api.client.ts';
import { duration } from './text.ts';

const ago = (instant: string, now: Date): string => `${duration((now.getTime() - Date.parse(instant)) / 1_000)} ago`;
const cut = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
};
const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'nothing';

export interface LettersOf {
  readonly service: string;
  readonly deadLetters: readonly Letter[];
  readonly nextCursor: string | null;
}

export function lettersText(found: readonly LettersOf[], now: Date): string {
  const rows = found.flatMap(({ service, deadLetters }) =>
    deadLetters.map((letter) => [
      service,
      letter.marked === null ? letter.status : `${letter.status}, to ${letter.marked.action}`,
      letter.topic,
      cut(letter.key ?? '(no text)', 40),
      letter.errorCode,
      cut(letter.errorMessage, 50),
      letter.deadLetterId,
      ago(letter.failedAt, now),
      String(letter.attempts),
    ]),
  );
  if (rows.length === 0) return 'No such dead letter.';
  const header = ['SERVICE', 'STATUS', 'TOPIC', 'KEY', 'CODE', 'ERROR', 'ID', 'FAILED', 'TRIES'];
  const more = found.flatMap(({ service, nextCursor }) =>
    nextCursor === null ? [] : [`More: --service ${service} --cursor ${nextCursor}`],
  );
  return [...layout([header, ...rows], 8), ...(more.length > 0 ? ['', ...more] : [])].join('\n');
}

export function letterText(service: string, letter: LetterDetail, now: Date): string {
  const facts: [string, string | null][] = [
    ['Dead letter', letter.deadLetterId],
    ['Service', `${service} (${letter.consumerGroup})`],
    ['Record', `${letter.topic}/${letter.partition} at ${letter.offset}, ${letter.timestamp}`],
    ['Key', letter.key],
    ['Status', letter.outcome === null ? letter.status : `${letter.status} (${letter.outcome})`],
    ['Marked', letter.marked === null ? null : `to ${letter.marked.action} by ${letter.marked.redriveId}`],
    ['Failed', `${letter.failedAt} (${ago(letter.failedAt, now)}), tried ${letter.attempts} times`],
    ['Error', `${letter.errorCode}: ${letter.errorMessage}`],
    ['Stage', letter.stage],
  ];
  const known = facts.filter((row): row is [string, string] => row[1] !== null);
  const headers = letter.headers.map(({ name, text, base64 }) => [`  ${name}`, text ?? `(base64) ${base64 ?? ''}`]);
  const history = letter.history.map(({ at, action, actor, reason, details }) => [
    `  ${at}`,
    action,
    actor,
    [reason, details['outcome'], details['code']].filter(Boolean).join(', '),
  ]);
  const value =
    'error' in letter.decoded
      ? [`Cannot be decoded: ${letter.decoded.error.message}`, `Bytes (base64): ${letter.valueBase64 ?? 'none'}`]
      : ['Value', JSON.stringify(letter.decoded.value, null, 2)];
  return [
    ...layout(known, 2),
    ...(headers.length > 0 ? ['Headers', ...layout(headers, 2)] : []),
    ...value,
    ...(letter.stack === null ? [] : ['Stack', letter.stack]),
    ...(history.length > 0 ? ['History', ...layout(history, 4)] : []),
  ].join('\n');
}

const WHY: Readonly<Record<string, string>> = {
  settled: 'it is settled already',
  marked: 'another request has it; see: dead-letters status',
  'not-consumed': 'this service consumes its topic no longer',
  behind: 'an earlier record of its key is not part of this',
  'over-cap': 'more than --max',
};

export function planText(plans: readonly { readonly service: string; readonly plan: Plan }[]): string {
  const table = layout(
    [
      ['SERVICE', 'WOULD BE APPLIED', 'NOT'],
      ...plans.map(({ service, plan }) => [service, String(plan.eligible), String(plan.ineligible)]),
    ],
    1,
  );
  const refused = plans.flatMap(({ service, plan }) =>
    plan.items
      .filter(({ eligible }) => !eligible)
      .map(({ deadLetterId, why, behind }) => [
        service,
        deadLetterId,
        (WHY[why ?? ''] ?? why ?? '') + (behind === null ? '' : ` (${behind})`),
      ]),
  );
  return [
    ...table,
    ...(refused.length > 0 ? ['', ...layout([['SERVICE', 'NOT', 'BECAUSE'], ...refused], 3)] : []),
  ].join('\n');
}

export interface RedriveOf {
  readonly service: string;
  readonly redrive: Redrive;
}

export function redrivesText(found: readonly RedriveOf[], now: Date): string {
  if (found.length === 0) return 'No request yet.';
  const rows = found.map(({ service, redrive }) => [
    service,
    redrive.action,
    redrive.state,
    redrive.actor,
    ago(redrive.createdAt, now),
    redrive.redriveId,
    progress(redrive),
  ]);
  return layout([['SERVICE', 'ACTION', 'STATE', 'BY', 'ASKED', 'ID', 'ITEMS'], ...rows], 7).join('\n');
}

const progress = ({ items }: Redrive): string => listed(items);

/** One line, to be printed again and again while it runs. */
export const progressLine = ({ service, redrive }: RedriveOf): string =>
  [
    `${service}: ${redrive.state}, ${progress(redrive)}`,
    redrive.lastError === null ? '' : ` (waits: ${redrive.lastError})`,
  ].join('');

export function redriveText({ service, redrive }: RedriveOf): string {
  const facts: [string, string | null][] = [
    ['Request', redrive.redriveId],
    ['Service', service],
    ['What', `${redrive.action}, ${redrive.state}`],
    ['By', redrive.reason === null ? redrive.actor : `${redrive.actor}: ${redrive.reason}`],
    ['Asked', redrive.createdAt],
    ['Ended', redrive.endedAt === null ? null : `${redrive.endedAt}: ${redrive.endReason ?? ''}`],
    ['Items', progress(redrive)],
    ['Outcomes', Object.keys(redrive.outcomes).length === 0 ? null : listed(redrive.outcomes)],
    ['Waits because', redrive.lastError],
  ];
  const problems = redrive.problems.map(({ deadLetterId, state, result }) => [
    `  ${deadLetterId}`,
    state,
    result ?? '',
  ]);
  return [
    ...layout(
      facts.filter((row): row is [string, string] => row[1] !== null),
      2,
    ),
    ...(problems.length > 0 ? ['Not done', ...layout(problems, 3)] : []),
  ].join('\n');
}

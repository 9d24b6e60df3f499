import {
  isAmount,
  layout,
  nameOf,
  type BreakView,
  type RunView,
  type ServiceState,
  type TopicSummary,
} from '@tieout/demo';

/** "3 s", "4 min", "2 h", "5 d": how long ago or how old, as a person says it. */
export function duration(seconds: number): string {
  const steps = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ] as const;
  const step = steps.find(([length]) => seconds >= 2 * length);
  return step === undefined ? `${Math.max(0, Math.round(seconds))} s` : `${Math.round(seconds / step[0])} ${step[1]}`;
}

export const ago = (instant: string | null, now: Date): string =>
  instant === null ? '-' : `${duration((now.getTime() - Date.parse(instant)) / 1_000)} ago`;

export function statusText(services: readonly ServiceState[], links: Readonly<Record<string, string>>): string {
  const table = layout(
    [
      ['SERVICE', 'READY', 'ADDRESS', 'PID'],
      ...services.map(({ name, ready, url, pid }) => [name, ready ? 'yes' : 'NO', url, String(pid)]),
    ],
    4,
  );
  const problems = services.flatMap(({ name, problems: some }) => some.map((text) => `${name}: ${text}`));
  const streams = services.flatMap(({ name, streams: some }) =>
    some.map((one) => [
      name,
      one.stream,
      one.running ? (one.failures > 0 ? `fails (${one.failures} in a row)` : 'reads') : 'STOPPED',
      one.ageSeconds === null ? '-' : duration(one.ageSeconds),
    ]),
  );
  const consumers = services.flatMap(({ name, consumers: some }) =>
    some.map((one) => [name, one.topic, one.running ? 'runs' : 'STOPPED', String(one.lag ?? '-')]),
  );
  const parts = [table];
  if (problems.length > 0) parts.push(['Not in order:', ...problems.map((text) => `  ${text}`)]);
  if (streams.length > 0) parts.push(layout([['SERVICE', 'STREAM', 'STATE', 'END REACHED'], ...streams], 3));
  if (consumers.length > 0) parts.push(layout([['SERVICE', 'CONSUMES', 'STATE', 'LAG'], ...consumers], 3));
  if (Object.keys(links).length > 0) parts.push(layout(Object.entries(links), 2));
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

export function topicsText(topics: readonly TopicSummary[], now: Date): string {
  const rows = topics.map(({ topic, kind, partitions, records, keys, newestAt, partial }) => [
    topic,
    kind,
    ago(newestAt, now),
    String(partitions),
    `${partial ? '≥ ' : ''}${records}`,
    `${partial ? '≥ ' : ''}${keys}`,
  ]);
  const table = layout([['TOPIC', 'KIND', 'NEWEST', 'PARTITIONS', 'RECORDS', 'KEYS'], ...rows], 3).join('\n');
  const more = topics.some(({ partial }) => partial);
  return more ? `${table}\n\n≥: there is more than --limit; the newest records were read.` : table;
}

export function breaksText(breaks: readonly BreakView[], nextCursor: string | null, now: Date): string {
  if (breaks.length === 0) return 'No such break.';
  const rows = breaks.map((one) => [
    one.status,
    one.check,
    one.kind,
    `${one.objectType} ${nameOf(one)}`,
    ago(one.openedAt, now),
    one.breakId,
    amount(one.expected, one),
    amount(one.actual, one),
  ]);
  const header = ['STATUS', 'CHECK', 'KIND', 'OBJECT', 'OPENED', 'ID', 'EXPECTED', 'ACTUAL'];
  const table = layout([header, ...rows], 6).join('\n');
  return nextCursor === null ? table : `${table}\n\nMore: --cursor ${nextCursor}`;
}

const amount = (text: string | null, one: BreakView): string =>
  text === null ? '-' : isAmount(one) ? `${text} ${one.currency ?? ''}` : text;

/** One break with everything that is known of it. */
export function breakText(one: BreakView, now: Date): string {
  const facts: [string, string | null][] = [
    ['Break', one.breakId],
    ['Status', `${one.status}, ${one.severity}`],
    ['Check', `${one.check}, ${one.kind}`],
    ['Object', `${one.objectType} ${one.object}`],
    ['Expected', amount(one.expected, one)],
    ['Actual', amount(one.actual, one)],
    ['Difference', one.difference === null ? null : amount(one.difference, one)],
    ['Legal entity', one.legalEntityId],
    ['Customer', one.customerId],
    ['Opened', `${one.openedAt} (${ago(one.openedAt, now)})`],
    ['Closed', one.closedAt],
    ['First seen by run', one.firstSeenRunId],
    ['Last seen by run', one.lastSeenRunId],
  ];
  const known = facts.filter((row): row is [string, string] => row[1] !== null);
  const evidence = Object.entries(one.evidence).map(([name, value]) => [`  ${name}`, value ?? '-']);
  const lines = layout(known, 2);
  return evidence.length === 0 ? lines.join('\n') : [...lines, 'Evidence', ...layout(evidence, 2)].join('\n');
}

export function runsText(runs: readonly RunView[], now: Date): string {
  if (runs.length === 0) return 'No run yet. Start one: POST /runs of reconciliation.';
  const rows = runs.map((run) => [
    run.status,
    run.trigger,
    ago(run.requestedAt, now),
    run.runId,
    String(run.checks.length),
    String(run.breaks),
    String(run.timing),
  ]);
  const table = layout([['STATUS', 'TRIGGER', 'REQUESTED', 'ID', 'CHECKS', 'BREAKS', 'TIMING'], ...rows], 4);
  const reasons = runs.flatMap(({ runId, reasons: some }) => some.map((reason) => `${runId}: ${reason}`));
  return (reasons.length === 0 ? table : [...table, '', 'Incomplete because:', ...reasons]).join('\n');
}

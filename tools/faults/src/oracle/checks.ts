import { compare, sum } from '@tieout/canonical';
import type { TrueEvent } from '../generator/generate.ts';
import type { Expected, InputRecord } from './model.ts';
import { byKey, differences } from './sequences.ts';

/** A row of the sink's table. */
export interface SinkRow {
  readonly key: string;
  readonly revision: bigint;
  readonly amount: string;
  readonly eventId: string;
}

/** An event of the output topic, as the outside reader saw it, in its order. */
export interface OutputEvent {
  readonly id: string;
  readonly key: string;
  /** Id of the input event that caused it. */
  readonly cause: string;
  readonly revision: bigint;
  readonly amount: string;
  readonly partition: number;
}

export interface PositionRow {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface DeadRow {
  readonly partition: number;
  readonly offset: bigint;
  readonly status: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** What the service says of it. */
  readonly why: string;
}

export interface Observed {
  readonly log: readonly InputRecord[];
  readonly sink: readonly SinkRow[];
  /** In the order in which the effects were committed. */
  readonly journal: readonly SinkRow[];
  readonly positions: readonly PositionRow[];
  readonly dead: readonly DeadRow[];
  /** Null: the subject publishes nothing. */
  readonly output: readonly OutputEvent[] | null;
}

/** A promise and what speaks against it; an empty list means that it held. */
export type Check = (expected: Expected, observed: Observed) => string[];

const sequence = (events: Iterable<{ readonly key: string; readonly eventId: string }>) =>
  byKey(
    events,
    ({ key }) => key,
    ({ eventId }) => eventId,
  );

/** Every event handed over is in the log: otherwise the test itself is void. */
export function handedOver(truth: readonly TrueEvent[], log: readonly InputRecord[]): string[] {
  const present = new Set(log.flatMap(({ event }) => (event ? [event.eventId] : [])));
  const missing = truth.filter(({ eventId }) => !present.has(eventId));
  return missing.length === 0 ? [] : [`the test is void: ${missing.length} events never reached the input topic`];
}

/** P1, P2, P3: each effect once, none lost, none from a dead or outdated event, in the order of its key. */
export const effectsOnceInOrder: Check = ({ effects }, { journal }) =>
  differences('effects', sequence(effects), sequence(journal));

/** P3 and P6: the sink stands at the last revision of each key with its amount, and the total is right to the last place. */
export const sinkExact: Check = ({ effects }, { sink }) => {
  const last = [...new Map(effects.map((event) => [event.key, event])).values()];
  const problems = differences('sink', sequence(last), sequence(sink));
  const rows = new Map(sink.map((row) => [row.key, row]));
  const wrong = last.filter(({ key, amount }) => compare(rows.get(key)?.amount ?? '0', amount) !== 0);
  if (wrong.length > 0) problems.push(`sink: ${wrong.length} amounts are wrong (${wrong[0]?.key ?? ''})`);
  const [due, is] = [sum(last.map(({ amount }) => amount)), sum(sink.map(({ amount }) => amount))];
  if (compare(due, is) !== 0) problems.push(`sink: the sum is ${is} and should be ${due}`);
  return problems;
};

/** P4: a read_committed reader sees one event per effect, once, in key order, a key always in one partition, amounts exact. */
export const publishedOnceInOrder: Check = ({ effects }, { output }) => {
  if (output === null) return [];
  const seen = output.map((event) => ({ ...event, eventId: event.cause }));
  const problems = differences('published', sequence(effects), sequence(seen));
  const ids = new Set(output.map(({ id }) => id));
  if (ids.size < output.length) problems.push(`published: ${output.length - ids.size} event ids came twice`);
  const amounts = new Map(effects.map(({ eventId, amount }) => [eventId, amount]));
  const wrong = output.filter(({ cause, amount }) => compare(amounts.get(cause) ?? amount, amount) !== 0);
  if (wrong.length > 0) problems.push(`published: ${wrong.length} amounts are wrong (${wrong[0]?.key ?? ''})`);
  const homes = byKey(
    output,
    ({ key }) => key,
    ({ partition }) => String(partition),
  );
  const moved = [...homes].filter(([, partitions]) => new Set(partitions).size > 1);
  if (moved.length > 0) problems.push(`published: ${moved.length} keys in two partitions`);
  return problems;
};

/** P1: what was counted is what was there, per partition and by kind; nothing lies behind the position uncounted. */
export const accounted: Check = (expected, { log, positions, journal }) => {
  const problems: string[] = [];
  for (const { partition, nextOffset, outcomes } of positions) {
    const records = log.filter((record) => record.partition === partition && record.offset < nextOffset).length;
    const counted = total(Object.values(outcomes));
    if (records !== counted)
      problems.push(`accounting: partition ${partition} counts ${counted} of ${records} records`);
  }
  const unread = log.filter(({ partition, offset }) => offset >= (nextOf(positions, partition) ?? 0n));
  if (unread.length > 0) problems.push(`accounting: ${unread.length} records are beyond the positions`);
  const kinds = countedKinds(positions);
  if ((kinds.get('applied') ?? 0) !== journal.length)
    problems.push(`accounting: ${kinds.get('applied') ?? 0} applied are counted, ${journal.length} effects are there`);
  for (const [kind, count] of expected.counts)
    if ((kinds.get(kind) ?? 0) !== count)
      problems.push(`accounting: ${kinds.get(kind) ?? 0} ${kind} are counted, ${count} are due`);
  return problems;
};

/** I4: a dead letter keeps the bytes; every dead or parked record is there, and no other. */
export function deadLettersKept(
  expected: Expected,
  { dead }: Observed,
  original: (
    partition: number,
    offset: bigint,
  ) => { readonly key: Buffer | null; readonly value: Buffer | null } | null,
): string[] {
  const name = ({ partition, offset }: { partition: number; offset: bigint }) => `${partition}@${offset}`;
  const due = (records: readonly InputRecord[]) => new Map([['all', records.map(name)]]);
  const held = dead.filter(({ status }) => status === 'open' || status === 'superseded');
  const parked = dead.filter(({ status }) => status === 'parked');
  const problems = [
    ...differences('dead letters', due(sorted(expected.dead)), new Map([['all', sorted(held).map(name)]])),
    ...differences('parked', due(sorted(expected.parked)), new Map([['all', sorted(parked).map(name)]])),
  ];
  for (const row of dead) {
    const record = original(row.partition, row.offset);
    if (!same(record?.key ?? null, row.key) || !same(record?.value ?? null, row.value))
      problems.push(`dead letters: ${name(row)} does not have the bytes of its record`);
  }
  return problems;
}

/** One look during the fault: counts and effects share a transaction, so they agree at any moment. */
export interface Sample {
  readonly counted: number;
  readonly effects: number;
}

/** I8: a position is never ahead of its effects, and never behind them. */
export function neverAhead(samples: readonly Sample[]): string[] {
  const wrong = samples.filter(({ counted, effects }) => counted !== effects);
  if (samples.length === 0) return ['samples: nobody looked during the fault'];
  if (wrong.length === 0) return [];
  return [
    `samples: ${wrong.length} of ${samples.length} show ${wrong[0]?.counted ?? 0} counted and ${wrong[0]?.effects ?? 0} effects`,
  ];
}

/** Counts by kind over all partitions; the reason after a colon is left out. */
export function countedKinds(positions: readonly PositionRow[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const { outcomes } of positions)
    for (const [name, count] of Object.entries(outcomes)) {
      const kind = name.split(':')[0] ?? name;
      kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    }
  return kinds;
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const nextOf = (positions: readonly PositionRow[], partition: number): bigint | undefined =>
  positions.find((row) => row.partition === partition)?.nextOffset;
const same = (a: Buffer | null, b: Buffer | null): boolean => (a === null ? b === null : b !== null && a.equals(b));

function sorted<T extends { readonly partition: number; readonly offset: bigint }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
}

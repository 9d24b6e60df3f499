import type pg from 'pg';
import type { TrueEvent } from '../generator/generate.ts';
import type { Lab } from '../lab.ts';
import type { SeenRecord } from '../outsider/outsider.ts';
import { OUTPUT } from '../subject/options.ts';
import type { DeadRow, Observed, OutputEvent, PositionRow, Sample, SinkRow } from './checks.ts';
import type { InputRecord } from './model.ts';

export interface Scene {
  readonly lab: Lab;
  readonly pool: pg.Pool;
  readonly truth: readonly TrueEvent[];
  readonly inputSeen: readonly SeenRecord[];
  readonly outputSeen: readonly SeenRecord[];
}

/** Everything the oracle judges, as it stands now: the tables, and both topics as the outside reader saw them. */
export async function observe({
  lab,
  pool,
  truth,
  inputSeen,
  outputSeen,
}: Scene): Promise<Observed & { seen: readonly SeenRecord[] }> {
  const [sink, journal, positions, dead] = await Promise.all([
    pool.query<SinkTuple>('SELECT key, revision, amount::text, event_id FROM sink ORDER BY key'),
    pool.query<SinkTuple>('SELECT key, revision, amount::text, event_id FROM journal ORDER BY seq'),
    pool.query<{ partition: number; next_offset: string; outcomes: Record<string, number> }>(
      'SELECT partition, next_offset, outcomes FROM consumer_position',
    ),
    pool.query<{
      partition: number;
      offset: string;
      status: string;
      key: Buffer | null;
      value: Buffer | null;
      why: string;
    }>('SELECT partition, "offset", status, key, value, error_message AS why FROM dead_letter'),
  ]);
  const events = new Map(truth.map((event) => [event.eventId, event]));
  return {
    log: inputSeen.map((record) => toInput(record, events)),
    sink: sink.rows.map(toSink),
    journal: journal.rows.map(toSink),
    positions: positions.rows.map((row): PositionRow => ({
      ...row,
      nextOffset: BigInt(row.next_offset),
      outcomes: row.outcomes,
    })),
    dead: dead.rows.map((row): DeadRow => ({ ...row, offset: BigInt(row.offset) })),
    output: await Promise.all(outputSeen.map((record) => toOutput(lab, record))),
    seen: inputSeen,
  };
}

/** Counts and effects in one statement, hence of one moment. Null when the database does not answer: that is the fault. */
export async function sample(pool: pg.Pool): Promise<Sample | null> {
  try {
    const { rows } = await pool.query<{ counted: string; effects: string }>(
      `SELECT (SELECT coalesce(sum((outcomes ->> 'applied')::bigint), 0) FROM consumer_position) AS counted,
              (SELECT count(*) FROM journal) AS effects`,
    );
    return rows[0] ? { counted: Number(rows[0].counted), effects: Number(rows[0].effects) } : null;
  } catch {
    return null;
  }
}

/** Whether so many records are counted, and nothing waits to be published. */
export async function isDone(pool: pg.Pool, records: number): Promise<boolean> {
  const { rows } = await pool.query<{ counted: string; waiting: string }>(
    `SELECT (SELECT coalesce(sum(value::bigint), 0) FROM consumer_position, jsonb_each_text(outcomes)) AS counted,
            (SELECT count(*) FROM outbox) AS waiting`,
  );
  return Number(rows[0]?.counted) === records && rows[0]?.waiting === '0';
}

/** Header of a record that no consumer can read: the model must know, and must not find out by reading it as the consumer does. */
export const SPOILT = 'x-faults-spoilt';

export function headerOf(record: SeenRecord, name: string): string | null {
  return record.headers.find(([header]) => header === name)?.[1]?.toString() ?? null;
}

interface SinkTuple {
  readonly key: string;
  readonly revision: string;
  readonly amount: string;
  readonly event_id: string;
}

function toSink({ key, revision, amount, event_id: eventId }: SinkTuple): SinkRow {
  return { key, revision: BigInt(revision), amount, eventId };
}

function toInput(record: SeenRecord, events: ReadonlyMap<string, TrueEvent>): InputRecord {
  const { partition, offset, key } = record;
  const id = headerOf(record, 'ce_id');
  const spoilt = headerOf(record, SPOILT) !== null;
  const event = (id !== null && events.get(id)) || null;
  return { partition, offset, key: key?.toString() ?? null, event, tombstone: record.value === null, spoilt };
}

async function toOutput(lab: Lab, record: SeenRecord): Promise<OutputEvent> {
  const value = await lab.codec.decode(OUTPUT, record.value ?? Buffer.alloc(0));
  return {
    id: headerOf(record, 'ce_id') ?? '',
    key: record.key?.toString() ?? '',
    cause: headerOf(record, 'ce_causationid') ?? '',
    revision: value.contractRevision,
    amount: value.message ?? '',
    partition: record.partition,
  };
}

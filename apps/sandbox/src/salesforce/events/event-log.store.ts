import { randomInt, randomUUID } from 'node:crypto';
// Change events are Salesforce's own Avro, not ours: no registry, no envelope.
// eslint-disable-next-line @typescript-eslint/no-restricted-imports
import avro, { type Type } from 'avsc';
import type { Pool, PoolClient } from 'pg';
import { transaction } from '../database.store.ts';
import type { SObject } from '../objects/field.ts';
import { USER_ID } from '../record.store.ts';
import type { EventDraft } from './change-event.ts';
import { eventSchema, headerSchema, type EventSchema } from './event-schema.ts';

/** A published event. `seq` is its place in the org's one order, which every topic follows. */
export interface StoredEvent {
  readonly seq: bigint;
  readonly id: string;
  readonly schemaId: string;
  readonly payload: Buffer;
}

/** What a topic carries: the events of one entity, or of all. */
export type TopicFilter = { readonly entity: string } | 'all';

/** The events of the org in the order in which their transactions were committed. */
export interface EventLog {
  /** Whether writes leave events; an admin can take that away from an object, and then changes leave no trace. */
  capturing: boolean;
  /** How long an event can be replayed. */
  retentionMs: number;
  /** Appends at the end of the transaction that made the changes; nothing of it shows before the commit. */
  append(tx: PoolClient, drafts: readonly EventDraft[], origin: string): Promise<void>;
  /** Appends in a transaction of its own. */
  publish(drafts: readonly EventDraft[], origin: string): Promise<void>;
  /** Events behind a place, in order. */
  read(topic: TopicFilter, after: bigint, limit: number): Promise<StoredEvent[]>;
  /** The last place taken; nothing will be inserted at or before it any more. */
  last(): Promise<bigint>;
  /** A place that can be resumed from and is not older than `maxAgeMs`; a quiet log gets a mark of its own for it. */
  mark(maxAgeMs: number): Promise<bigint>;
  /** In front of the oldest event that is kept. */
  earliest(): Promise<bigint>;
  /** Whether the place was taken and is still kept. */
  isKept(seq: bigint): Promise<boolean>;
  /** Forgets everything published so far, as if it had been longer ago than retention. */
  dropRetained(): Promise<void>;
  /** Makes the schema known and answers it. */
  register(object: SObject): Promise<EventSchema>;
  schema(id: string): Promise<EventSchema | undefined>;
  /** Calls `listener` after every commit with events. Answers how to stop that. */
  onAppend(listener: () => void): () => void;
  /** To be called after the commit of `append`. */
  committed(): void;
}

const HOURS_72 = 72 * 3_600_000;

export function createEventLog(pool: Pool, now: () => Date): EventLog {
  const listeners = new Set<() => void>();
  const encode = encoder();
  const cutoff = (): Date => new Date(now().getTime() - log.retentionMs);
  const log: EventLog = {
    capturing: true,
    retentionMs: HOURS_72,
    async append(tx, drafts, origin) {
      if (!log.capturing || drafts.length === 0) return;
      const steps = drafts.map(() => BigInt(randomInt(1, 33)));
      const clock = await advance(
        tx,
        steps.reduce((sum, step) => sum + step, 0n),
      );
      const stamp = { origin, key: randomUUID(), at: now(), commitNumber: Number(clock.commit_number) };
      let seq = clock.seq;
      const events = drafts.map((draft, i) => {
        seq += steps[i]!;
        return { seq: String(seq), entity: draft.entity, ...encode(draft, stamp, i + 1) };
      });
      await insertEvents(tx, events, stamp.at);
    },
    async publish(drafts, origin) {
      await transaction(pool, async (tx) => {
        for (const { entity, object } of drafts) if (object === undefined) await saveSchema(tx, headerSchema(entity));
        await log.append(tx, drafts, origin);
      });
      log.committed();
    },
    read: (topic, after, limit) => readEvents(pool, topic, { after, limit, since: cutoff() }),
    last: async () => BigInt((await pool.query<{ seq: string }>('select seq from event_clock')).rows[0]!.seq),
    mark: (maxAgeMs) => markPlace(pool, now(), maxAgeMs, cutoff()),
    async earliest() {
      const sql = 'select min(seq) - 1 as seq from change_event where at >= $1';
      const { rows } = await pool.query<{ seq: string | null }>(sql, [cutoff()]);
      return rows[0]!.seq === null ? log.last() : BigInt(rows[0]!.seq);
    },
    async isKept(seq) {
      const sql = 'select 1 from change_event where seq = $1 and at >= $2';
      return (await pool.query(sql, [String(seq), cutoff()])).rowCount === 1;
    },
    dropRetained: async () => void (await pool.query('delete from change_event')),
    async register(object) {
      const schema = eventSchema(object);
      await saveSchema(pool, schema);
      return schema;
    },
    async schema(id) {
      return (await pool.query<EventSchema>('select id, json from event_schema where id = $1', [id])).rows[0];
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    committed: () => listeners.forEach((listener) => listener()),
  };
  return log;
}

/**
 * Takes places in the order. The row's lock is held until the commit, so places are handed out in the order of commits and
 * a reader that sees one has seen all before it: a sequence would not give that.
 */
async function advance(tx: PoolClient, by: bigint): Promise<{ seq: bigint; commit_number: string }> {
  const sql = `update event_clock set seq = seq + $1, commit_number = commit_number + $2
    returning seq - $1 as seq, commit_number`;
  const { rows } = await tx.query<{ seq: string; commit_number: string }>(sql, [String(by), randomInt(1, 1000)]);
  return { seq: BigInt(rows[0]!.seq), commit_number: rows[0]!.commit_number };
}

interface NewEvent {
  readonly seq: string;
  readonly entity: string;
  readonly schemaId: string;
  readonly payload: Buffer;
}

async function insertEvents(tx: PoolClient, events: readonly NewEvent[], at: Date): Promise<void> {
  await tx.query(
    `insert into change_event (seq, entity, schema_id, payload, event_id, at)
     select *, gen_random_uuid(), $5 from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[])`,
    [
      events.map(({ seq }) => seq),
      events.map(({ entity }) => entity),
      events.map(({ schemaId }) => schemaId),
      events.map(({ payload }) => payload),
      at,
    ],
  );
}

interface Reading {
  readonly after: bigint;
  readonly limit: number;
  readonly since: Date;
}

async function readEvents(pool: Pool, topic: TopicFilter, { after, limit, since }: Reading): Promise<StoredEvent[]> {
  const { rows } = await pool.query<{ seq: string; event_id: string; schema_id: string; payload: Buffer }>(
    `select seq, event_id, schema_id, payload from change_event
     where seq > $1 and at >= $2 and payload is not null and ($3::text is null or entity = $3) order by seq limit $4`,
    [String(after), since, topic === 'all' ? null : topic.entity, limit],
  );
  return rows.map((row) => ({
    seq: BigInt(row.seq),
    id: row.event_id,
    schemaId: row.schema_id,
    payload: row.payload,
  }));
}

async function markPlace(pool: Pool, now: Date, maxAgeMs: number, cutoff: Date): Promise<bigint> {
  const newest = await pool.query<{ seq: string; at: Date }>(
    'select seq, at from change_event order by seq desc limit 1',
  );
  const row = newest.rows[0];
  if (row !== undefined && now.getTime() - row.at.getTime() < maxAgeMs) return BigInt(row.seq);
  return transaction(pool, async (tx) => {
    const step = BigInt(randomInt(1, 33));
    const { seq } = await advance(tx, step);
    await tx.query('insert into change_event (seq, at) values ($1, $2)', [String(seq + step), now]);
    await tx.query('delete from change_event where at < $1', [cutoff]);
    return seq + step;
  });
}

async function saveSchema(db: Pool | PoolClient, { id, json }: EventSchema): Promise<void> {
  await db.query('insert into event_schema (id, json) values ($1, $2) on conflict do nothing', [id, json]);
}

interface Stamp {
  readonly origin: string;
  readonly key: string;
  readonly at: Date;
  readonly commitNumber: number;
}

/** Encodes with the schema that the object has now; schemas are parsed once. */
function encoder(): (draft: EventDraft, stamp: Stamp, sequenceNumber: number) => { schemaId: string; payload: Buffer } {
  const schemas = new WeakMap<SObject, { readonly id: string; readonly type: Type }>();
  const parsed = ({ id, json }: EventSchema): { readonly id: string; readonly type: Type } => ({
    id,
    type: avro.Type.forSchema(JSON.parse(json) as Parameters<typeof avro.Type.forSchema>[0]),
  });
  const schemaOf = (object: SObject): { readonly id: string; readonly type: Type } => {
    const known = schemas.get(object) ?? parsed(eventSchema(object));
    schemas.set(object, known);
    return known;
  };
  return (draft, { origin, key, at, commitNumber }, sequenceNumber) => {
    const { id, type } = draft.object === undefined ? parsed(headerSchema(draft.entity)) : schemaOf(draft.object);
    const header = {
      entityName: draft.entity,
      recordIds: draft.recordIds,
      changeType: draft.changeType,
      changeOrigin: origin,
      transactionKey: key,
      sequenceNumber,
      commitTimestamp: at.getTime(),
      commitNumber,
      commitUser: USER_ID,
      nulledFields: draft.nulledFields,
      diffFields: [],
      changedFields: draft.changedFields,
    };
    return { schemaId: id, payload: type.toBuffer({ ChangeEventHeader: header, ...draft.values }) };
  };
}

import { chained, derivedId, joinKey, type Act, type Audit, type ChainEnd } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { NewEvent, Outbox } from './outbox.ts';

/** The event of an entry. */
export function auditEvent(value: Audit): NewEvent<'finance.audit.v1'> {
  return { topic: 'finance.audit.v1', key: value.targetId, id: derivedId('audit', value.auditId), value };
}

/**
 * Appends acts to the chains of their targets, in the order given, keeps them and publishes them. Hold the lock of every target's
 * row: two who append to one chain at once would write the same entry, and the second transaction fails.
 */
export async function appendAudits(tx: EntityManager, outbox: Outbox, acts: readonly Act[]): Promise<readonly Audit[]> {
  if (acts.length === 0) return [];
  const ends = await chainEnds(tx, acts);
  const entries = acts.map((act) => {
    const key = joinKey([act.targetType, act.targetId]);
    const entry = chained(ends.get(key) ?? null, act);
    ends.set(key, entry);
    return entry;
  });
  await keepEntries(tx, entries);
  await outbox.publish(tx, entries.map(auditEvent));
  return entries;
}

/** A row's key is its place in the chain: the same place twice fails. */
async function keepEntries(tx: EntityManager, entries: readonly Audit[], onConflict = ''): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry (target_type, target_id, sequence, hash, entry)
     SELECT e->>'targetType', e->>'targetId', (e->>'sequence')::bigint, e->>'hash', e - '{sequence,hash}'::text[]
     FROM jsonb_array_elements($1::jsonb) AS e ${onConflict}`,
    [JSON.stringify(entries.map((entry) => ({ ...entry, sequence: entry.sequence.toString() })))],
  );
}

/** Entries as they were published, into a database that lost them; those that it has stay. */
export function restoreEntries(tx: EntityManager, entries: readonly Audit[]): Promise<void> {
  return keepEntries(tx, entries, 'ON CONFLICT DO NOTHING');
}

/** The last entry of each chain that has one, by target type and id. */
async function chainEnds(tx: EntityManager, acts: readonly Act[]): Promise<Map<string, ChainEnd>> {
  const rows = await tx.query<{ type: string; id: string; sequence: string; hash: string }[]>(
    `SELECT DISTINCT ON (target_type, target_id) target_type AS type, target_id AS id, sequence, hash FROM audit_entry
     WHERE (target_type, target_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
     ORDER BY target_type, target_id, sequence DESC`,
    [acts.map((act) => act.targetType), acts.map((act) => act.targetId)],
  );
  return new Map(
    rows.map(({ type, id, sequence, hash }) => [joinKey([type, id]), { sequence: BigInt(sequence), hash }]),
  );
}

/** The chain of one target, oldest entry first: its history. */
export async function readChain(tx: EntityManager, targetType: string, targetId: string): Promise<readonly Audit[]> {
  const rows = await tx.query<{ sequence: string; hash: string; entry: Omit<Audit, 'sequence' | 'hash'> }[]>(
    `SELECT sequence, hash, entry FROM audit_entry WHERE target_type = $1 AND target_id = $2 ORDER BY audit_entry.sequence`,
    [targetType, targetId],
  );
  return rows.map(({ sequence, hash, entry }) => ({ ...entry, sequence: BigInt(sequence), hash }));
}

export const auditTables: readonly string[] = [
  `CREATE TABLE audit_entry (
     target_type text NOT NULL,
     target_id text NOT NULL,
     sequence bigint NOT NULL,
     hash text NOT NULL,
     -- The rest of the entry as published.
     entry jsonb NOT NULL,
     PRIMARY KEY (target_type, target_id, sequence)
   )`,
];

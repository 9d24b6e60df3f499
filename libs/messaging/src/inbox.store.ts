import type { EntityManager } from 'typeorm';

export interface InboxEntry {
  readonly source: string;
  readonly id: string;
  /** Hash of the decoded value in canonical form: a re-encoded copy is no conflict. */
  readonly hash: string;
}

export type InboxVerdict = 'new' | 'duplicate' | 'conflict';

/**
 * Records events of a fact topic as seen by a consumer and says of each whether it is new, came before, or came before with
 * other content. Order of the answers is that of the entries; a repeat inside the list is judged like an earlier arrival.
 */
export async function recordInbox(
  tx: EntityManager,
  group: string,
  entries: readonly InboxEntry[],
): Promise<InboxVerdict[]> {
  const fresh = await tx.query<{ source: string; id: string }[]>(
    `INSERT INTO inbox (consumer_group, source, id, hash)
     SELECT DISTINCT ON (source, id) $1::text, source, id, hash FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS e (source, id, hash, n)
     ORDER BY source, id, n
     ON CONFLICT DO NOTHING RETURNING source, id`,
    [group, entries.map((e) => e.source), entries.map((e) => e.id), entries.map((e) => e.hash)],
  );
  if (fresh.length === entries.length) return entries.map(() => 'new');
  const unseen = new Set(fresh.map(name));
  const known = await hashes(tx, group, entries);
  return entries.map((entry) => {
    if (unseen.delete(name(entry))) return 'new';
    return known.get(name(entry)) === entry.hash ? 'duplicate' : 'conflict';
  });
}

/** Takes back the claims of events that were not processed after all. */
export async function forgetInbox(tx: EntityManager, group: string, entries: readonly InboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `DELETE FROM inbox WHERE consumer_group = $1 AND (source, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [group, entries.map((e) => e.source), entries.map((e) => e.id)],
  );
}

async function hashes(tx: EntityManager, group: string, entries: readonly InboxEntry[]): Promise<Map<string, string>> {
  const rows = await tx.query<InboxEntry[]>(
    `SELECT source, id, hash FROM inbox WHERE consumer_group = $1 AND (source, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [group, entries.map((e) => e.source), entries.map((e) => e.id)],
  );
  return new Map(rows.map((row) => [name(row), row.hash]));
}

function name(entry: { readonly source: string; readonly id: string }): string {
  return `${entry.source} ${entry.id}`;
}

export const inboxTables: readonly string[] = [
  `CREATE TABLE inbox (
     consumer_group text NOT NULL,
     source text NOT NULL,
     id text NOT NULL,
     hash text NOT NULL,
     received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (consumer_group, source, id)
   )`,
];

import type { EntityManager } from 'typeorm';

export interface StateContent {
  readonly key: string;
  readonly hash: string;
}

/**
 * Assigns the next revision to every key whose content hash changed and returns those, by key. The rows stay locked until
 * the transaction ends, so revisions leave in order. Keys are locked in sorted order: two writers cannot deadlock.
 */
export async function assignRevisions(
  tx: EntityManager,
  topic: string,
  contents: readonly StateContent[],
): Promise<Map<string, bigint>> {
  const sorted = contents.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const keys = sorted.map((c) => c.key);
  await tx.query(
    `INSERT INTO state_revision (topic, key, revision, content_hash) SELECT $1::text, key, 0, '' FROM unnest($2::text[]) AS k (key)
     ON CONFLICT DO NOTHING`,
    [topic, keys],
  );
  await tx.query(`SELECT 1 FROM state_revision WHERE topic = $1 AND key = ANY($2::text[]) ORDER BY key FOR UPDATE`, [
    topic,
    keys,
  ]);
  const [rows] = await tx.query<[{ key: string; revision: string }[], number]>(
    `UPDATE state_revision s SET revision = s.revision + 1, content_hash = c.hash
     FROM unnest($2::text[], $3::text[]) AS c (key, hash)
     WHERE s.topic = $1 AND s.key = c.key AND s.content_hash <> c.hash RETURNING s.key, s.revision`,
    [topic, keys, sorted.map((c) => c.hash)],
  );
  return new Map(rows.map((row) => [row.key, BigInt(row.revision)]));
}

/** The revision of a key that has one. */
export async function currentRevision(tx: EntityManager, topic: string, key: string): Promise<bigint> {
  const rows = await tx.query<{ revision: string }[]>(
    `SELECT revision FROM state_revision WHERE topic = $1 AND key = $2`,
    [topic, key],
  );
  if (rows[0] === undefined) throw new Error(`${topic} ${key} has no revision`);
  return BigInt(rows[0].revision);
}

/** Takes over revisions read back from the topic itself; never lowers one. @returns the keys whose revision rose. */
export async function restoreRevisions(
  tx: EntityManager,
  topic: string,
  rows: readonly (StateContent & { readonly revision: bigint })[],
): Promise<string[]> {
  const raised = await tx.query<{ key: string }[]>(
    `INSERT INTO state_revision (topic, key, revision, content_hash)
     SELECT $1::text, * FROM unnest($2::text[], $3::bigint[], $4::text[])
     ON CONFLICT (topic, key) DO UPDATE SET revision = excluded.revision, content_hash = excluded.content_hash
     WHERE excluded.revision > state_revision.revision RETURNING key`,
    [topic, rows.map((r) => r.key), rows.map((r) => r.revision.toString()), rows.map((r) => r.hash)],
  );
  return raised.map(({ key }) => key);
}

export const stateRevisionTables: readonly string[] = [
  `CREATE TABLE state_revision (
     topic text NOT NULL,
     key text NOT NULL,
     revision bigint NOT NULL,
     content_hash text NOT NULL,
     PRIMARY KEY (topic, key)
   ) WITH (fillfactor = 70)`,
];

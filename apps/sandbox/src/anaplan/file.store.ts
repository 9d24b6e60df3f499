import type { Pool, PoolClient } from 'pg';
import { FILES } from './model.ts';

type Sql = Pool | PoolClient;

/** Chunk counts by file id; -1 while an upload of unknown length is under way. */
export async function readChunkCounts(sql: Sql): Promise<Map<string, number>> {
  const found = await sql.query<{ id: string; chunk_count: number }>('select id, chunk_count from file');
  return new Map(found.rows.map((row) => [row.id, row.chunk_count]));
}

/** Begins an upload. A file is one per model, so whoever begins one wipes what another was uploading. */
export async function beginUpload(pool: Pool, fileId: string, chunkCount: number): Promise<void> {
  await pool.query(
    `with wiped as (delete from chunk where file_id = $1)
     insert into file (id, chunk_count) values ($1, $2) on conflict (id) do update set chunk_count = excluded.chunk_count`,
    [fileId, chunkCount],
  );
}

export async function putChunk(sql: Sql, fileId: string, number: number, content: Buffer): Promise<void> {
  await sql.query(
    `insert into chunk (file_id, number, content) values ($1, $2, $3)
     on conflict (file_id, number) do update set content = excluded.content`,
    [fileId, number, content],
  );
}

/** Ends an upload of unknown length: the count becomes what has arrived. */
export async function completeUpload(sql: Sql, fileId: string): Promise<number> {
  const done = await sql.query<{ chunk_count: number }>(
    `insert into file (id, chunk_count) values ($1, (select count(*) from chunk where file_id = $1))
     on conflict (id) do update set chunk_count = excluded.chunk_count returning chunk_count`,
    [fileId],
  );
  return done.rows[0]?.chunk_count ?? 0;
}

/** The chunks in order, their bytes simply concatenated; null while any of them is missing. */
export async function readFile(sql: Sql, fileId: string): Promise<Buffer | null> {
  const found = await sql.query<{ content: Buffer }>(
    `select content from chunk c join file f on f.id = c.file_id
     where f.id = $1 and c.number < f.chunk_count order by number`,
    [fileId],
  );
  const expected = (await readChunkCounts(sql)).get(fileId) ?? 0;
  return expected > 0 && found.rows.length === expected ? Buffer.concat(found.rows.map((row) => row.content)) : null;
}

export async function readChunk(sql: Sql, fileId: string, number: number): Promise<Buffer | null> {
  const found = await sql.query<{ content: Buffer }>('select content from chunk where file_id = $1 and number = $2', [
    fileId,
    number,
  ]);
  return found.rows[0]?.content ?? null;
}

/** Replaces a whole file at once: a small upload, or the output of an export. */
export async function replaceFile(sql: Sql, fileId: string, content: Buffer): Promise<void> {
  await sql.query('delete from chunk where file_id = $1', [fileId]);
  await putChunk(sql, fileId, 0, content);
  await completeUpload(sql, fileId);
}

export const isImportFile = (fileId: string): boolean => FILES.some((file) => file.id === fileId);

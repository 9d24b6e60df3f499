import type { EntityManager } from 'typeorm';

/** Seconds since each org's place in the change events was stored; since the stream was made when it has none yet. */
export async function replayAges(
  tx: EntityManager,
): Promise<readonly { readonly instance: string; readonly seconds: number }[]> {
  return tx.query<{ instance: string; seconds: number }[]>(
    `SELECT instance, extract(epoch FROM clock_timestamp()
       - coalesce((cursor->>'replayAt')::timestamptz, created_at))::float AS seconds
     FROM source_stream WHERE stream = 'changes'`,
  );
}

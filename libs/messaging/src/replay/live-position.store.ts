import type { EntityManager } from 'typeorm';
import type { PositionKey } from '../position.store.ts';

/** How far the live service of another schema of this database has consumed; 0 where it has not begun. */
export async function livePosition(tx: EntityManager, schema: string, key: PositionKey): Promise<bigint> {
  const rows = await tx.query<{ next: string }[]>(
    `SELECT next_offset AS next FROM "${schema}".consumer_position WHERE consumer_group = $1 AND topic = $2 AND partition = $3`,
    [key.group, key.topic, key.partition],
  );
  return BigInt(rows[0]?.next ?? 0);
}

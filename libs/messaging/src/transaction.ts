import type { DataSource, EntityManager } from 'typeorm';

/** Runs `work` in one database transaction; every promise of this library rests on effects and outbox rows sharing it. */
export function inTransaction<R>(dataSource: DataSource, work: (tx: EntityManager) => Promise<R>): Promise<R> {
  return dataSource.transaction(work);
}

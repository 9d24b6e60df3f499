import type { Pool } from 'pg';
import type { Catalog } from './catalog.ts';
import { transaction } from './database.store.ts';
import { draftOf } from './events/change-event.ts';
import type { EventLog } from './events/event-log.store.ts';
import type { Change, Transact } from './write.ts';

interface Org {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly log: EventLog;
  readonly now: () => Date;
}

/** Records and their change events in one transaction: neither is ever there without the other. */
export function createTransact({ pool, catalog, log, now }: Org): Transact {
  return async (origin, work) => {
    const changes: Change[] = [];
    const result = await transaction(pool, async (tx) => {
      const done = await work({ tx, catalog, now: now(), changes });
      await log.append(tx, changes.map(draftOf), origin);
      return done;
    });
    if (changes.length > 0) log.committed();
    return result;
  };
}

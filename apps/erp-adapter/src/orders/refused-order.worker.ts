import { inTransaction, type Enqueue, type StreamSpec } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { lookAgain } from './command.consumer.ts';
import { refusedOrders } from './order-link.store.ts';

const LIMIT = 500;
/** A stream that rests longer than this looks as if it hung. */
const MAX_INTERVAL_MS = 15_000;

export interface RefusedOrders {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly queue: Enqueue;
  /** How long a refused order rests. */
  readonly restMs: number;
}

/** Looks again at refused orders from time to time: what cures most of them (an item, a currency, a period) moves no stamp of theirs. */
export function refusedOrderStream({ instance, dataSource, queue, restMs }: RefusedOrders): StreamSpec<null> {
  return {
    instance,
    stream: 'refused-order',
    intervalMs: Math.min(MAX_INTERVAL_MS, Math.floor(restMs / 4)),
    async poll() {
      await inTransaction(dataSource, async (tx) => {
        await queue.enqueue(tx, lookAgain('refused', await refusedOrders(tx, instance, restMs, LIMIT)));
      });
    },
  };
}

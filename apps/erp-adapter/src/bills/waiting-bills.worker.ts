import { inTransaction, type Enqueue, type StreamSpec } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { PEOPLE_DECIDE } from './bill-case.ts';
import { billsToLookAt } from './bill-link.store.ts';
import { lookAtBills } from './bill.consumer.ts';

const LIMIT = 500;

export interface WaitingBills {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly queue: Enqueue;
  readonly intervalMs: number;
  /** How long a refused bill rests. */
  readonly restMs: number;
}

/** Looks again at bills whose order stands now, and from time to time at those that were refused for what may cure itself. */
export function waitingBillStream({ instance, dataSource, queue, intervalMs, restMs }: WaitingBills): StreamSpec<null> {
  return {
    ...{ instance, stream: 'waiting-bill', intervalMs },
    async poll() {
      await inTransaction(dataSource, async (tx) => {
        const bills = await billsToLookAt(tx, instance, { restMs, limit: LIMIT, people: PEOPLE_DECIDE });
        await queue.enqueue(tx, lookAtBills('waiting', bills));
      });
    },
  };
}

import { derivedId } from '@tieout/canonical';
import { inTransaction, type Enqueue, type StreamSpec } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { SYNC_CUSTOMER } from '../customers/customer.consumer.ts';
import { lookAgain } from '../orders/command.consumer.ts';
import { proposedOrders } from '../orders/order-link.store.ts';
import type { Flow, WriteMode } from './proposal.ts';
import { heldCustomers } from './proposal.store.ts';

const LIMIT = 500;
const INTERVAL_MS = 15_000;

export interface HeldWork {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly queue: Enqueue;
  readonly write: Readonly<Record<Flow, WriteMode>>;
}

/** Does what was held back while a flow did not write, once it does. */
export function heldWorkStream({ instance, dataSource, queue, write }: HeldWork): StreamSpec<null> {
  return {
    ...{ instance, stream: 'held-work', intervalMs: INTERVAL_MS },
    async poll() {
      await inTransaction(dataSource, async (tx) => {
        const held = write.customers === 'on' ? await heldCustomers(tx, instance, LIMIT) : [];
        const customers = held.map(({ customerId, version }) => ({
          id: derivedId(`${SYNC_CUSTOMER}/held`, customerId, version),
          ...{ kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } },
        }));
        const orders = write.orders === 'on' ? await proposedOrders(tx, instance, LIMIT) : [];
        await queue.enqueue(tx, [...customers, ...lookAgain('held', orders)]);
      });
    },
  };
}

import type { Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { transitions, type ExceptionState } from './case.ts';
import { problemOf } from './order.ts';
import { saveOrders, type StoredOrder } from './order.store.ts';

/** Stores orders with the exceptions that follow from where they are now. */
export async function settle(tx: EntityManager, outbox: Outbox, orders: readonly StoredOrder[]): Promise<void> {
  const now = new Date().toISOString();
  const states: ExceptionState[] = [];
  const settled = orders.map((order) => {
    const { held, states: changed } = transitions(order.contractId, order.held, problemOf(order), now);
    states.push(...changed);
    return { ...order, held };
  });
  await saveOrders(tx, settled, now);
  await outbox.publishState(
    tx,
    'finance.exception.v1',
    states.map((value) => ({ key: value.exceptionId, value })),
  );
}

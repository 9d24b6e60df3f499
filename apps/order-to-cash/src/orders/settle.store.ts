import type { Exceptions } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { exceptionOf, PROBLEM_KINDS } from './case.ts';
import { problemOf, type ContractOrder } from './order.ts';
import { saveOrders } from './order.store.ts';

/** Stores orders with the exceptions that follow from where they are now. */
export async function settle(
  tx: EntityManager,
  exceptions: Exceptions,
  orders: readonly ContractOrder[],
): Promise<void> {
  await saveOrders(tx, orders, new Date().toISOString());
  await exceptions.examined(tx, {
    objects: orders.map(({ contractId: objectId }) => ({ objectType: 'contract', objectId })),
    kinds: PROBLEM_KINDS.map(({ kind }) => kind),
    found: orders.flatMap((order) => {
      const problem = problemOf(order);
      return problem === null ? [] : [exceptionOf(order.contractId, problem)];
    }),
    resolution: 'Contract and order agree: the cause is gone in the CRM or in the ERP.',
  });
}

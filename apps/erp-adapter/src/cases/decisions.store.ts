import { derivedId, type Decision } from '@tieout/canonical';
import { DataError, failedWorkKind, type Enqueue, type ExceptionAction, type ExceptionKind } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { SYNC_CUSTOMER } from '../customers/customer.consumer.ts';
import { loadLinks } from '../customers/customer-link.store.ts';
import { lookAgain } from '../orders/command.consumer.ts';
import { loadOrders } from '../orders/order-link.store.ts';
import { CUSTOMER_NOT_WRITTEN, FOREIGN_EDIT, MAPPING_KINDS } from './kinds.ts';

const OWNERS = 'erp-operations';

/** The exceptions that this service raises, and what people may decide about them. */
export function exceptionKinds(instance: string, queue: Enqueue): readonly ExceptionKind[] {
  const retry = lookNow(instance, queue);
  const common = { severity: 'WARNING', ownerGroup: OWNERS, dueHours: 24 } as const;
  return [
    ...MAPPING_KINDS.map((kind) => ({
      ...common,
      kind,
      cure: 'Correct the record in the ERP, or have its mapping changed: the next reading takes it.',
    })),
    {
      ...common,
      kind: CUSTOMER_NOT_WRITTEN,
      cure: 'Correct the customer in the CRM, or in the ERP what refuses it; the next revision is written by itself.',
      actions: { retry },
    },
    {
      ...common,
      kind: FOREIGN_EDIT,
      cure: 'Take the change back in the ERP, or make the CRM say the same.',
      actions: { retry },
    },
    {
      ...common,
      kind: 'order-not-written',
      cure: 'Correct what the ERP says, there or in the CRM; the order is tried again by itself.',
      actions: { retry },
    },
    {
      ...common,
      kind: 'order-deleted-in-erp',
      cure: 'End the contract in the CRM, or amend it: a newer command creates the order again.',
      actions: { retry },
    },
    failedWorkKind(OWNERS),
  ];
}

/** The case stays open: the look that is asked for raises it again or resolves it. */
function lookNow(instance: string, queue: Enqueue): ExceptionAction {
  return {
    does: 'Looks at the object in the ERP now, and writes it when nothing is in the way any more.',
    needsReason: false,
    async apply(tx, { objectType, objectId }, decision) {
      await (objectType === 'customer' ? lookAtCustomer : lookAtOrder)(tx, objectId, decision);
      return null;
    },
  };

  async function lookAtCustomer(tx: EntityManager, customerId: string, { decisionId }: Decision): Promise<void> {
    const [link] = await loadLinks(tx, instance, [customerId], true);
    if (link === undefined) throw unknown('customer', customerId);
    const id = derivedId(`${SYNC_CUSTOMER}/decision`, decisionId);
    await queue.enqueue(tx, [{ id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } }]);
  }

  async function lookAtOrder(tx: EntityManager, contractId: string, { decisionId }: Decision): Promise<void> {
    const [order] = await loadOrders(tx, instance, [contractId], true);
    if (order === undefined) throw unknown('order of contract', contractId);
    await queue.enqueue(tx, lookAgain(`decision/${decisionId}`, [order]));
  }
}

const unknown = (what: string, id: string): DataError =>
  new DataError('nothing-to-retry', `Nothing is known of the ${what} ${id}: there is nothing to look at.`);

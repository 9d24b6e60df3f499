import { derivedId, type Decision } from '@tieout/canonical';
import {
  DataError,
  failedWorkKind,
  type Enqueue,
  type ExceptionAction,
  type ExceptionKind,
  type NewWorkItem,
} from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { BILL_NOT_MADE } from '../bills/bill-case.ts';
import { lookAtBills } from '../bills/bill.consumer.ts';
import { loadBills } from '../bills/bill-link.store.ts';
import { approvalKind } from '../customers/approval-actions.store.ts';
import { SYNC_CUSTOMER } from '../customers/customer.consumer.ts';
import { loadLinks } from '../customers/customer-link.store.ts';
import { lookAgain } from '../orders/command.consumer.ts';
import { loadOrders } from '../orders/order-link.store.ts';
import { periodClosedKind } from '../periods/period-actions.store.ts';
import { CUSTOMER_NOT_WRITTEN, FOREIGN_EDIT, MAPPING_KINDS } from './kinds.ts';

const OWNERS = 'erp-operations';

/** An ERP instance and its work. */
export interface InstanceQueue {
  readonly instance: string;
  readonly queue: Enqueue;
}

/** The exceptions that this service raises, and what people may decide about them. */
export function exceptionKinds(instances: readonly InstanceQueue[]): readonly ExceptionKind[] {
  const retry = lookNow(instances);
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
    {
      ...common,
      kind: BILL_NOT_MADE,
      cure: 'Correct what the ERP says, there or in the CRM; the invoice is tried again by itself.',
      actions: { retry },
    },
    approvalKind(instances, OWNERS),
    periodClosedKind(instances, OWNERS),
    failedWorkKind(OWNERS),
  ];
}

/** The case stays open: the look that is asked for raises it again or resolves it. */
function lookNow(instances: readonly InstanceQueue[]): ExceptionAction {
  return {
    does: 'Looks at the object in the ERP now, and writes it when nothing is in the way any more.',
    needsReason: false,
    async apply(tx, { objectType, objectId, details }, decision) {
      // Cases of an earlier release do not say which ERP they are about.
      const asked = instances.filter(({ instance }) => instance === (details['instance'] ?? instance));
      const look = LOOKS[objectType] ?? orderLook;
      let looks = 0;
      for (const { instance, queue } of asked) {
        const items = await look(tx, instance, objectId, decision);
        await queue.enqueue(tx, items);
        looks += items.length;
      }
      if (looks > 0) return null;
      const message = `Nothing is known of the ${objectType} ${objectId}: there is nothing to look at.`;
      throw new DataError('nothing-to-retry', message);
    },
  };
}

type Look = (
  tx: EntityManager,
  instance: string,
  objectId: string,
  decision: Decision,
) => Promise<readonly NewWorkItem[]>;

const customerLook: Look = async (tx, instance, customerId, { decisionId }) => {
  const links = await loadLinks(tx, instance, [customerId], true);
  const id = derivedId(`${SYNC_CUSTOMER}/decision`, decisionId);
  return links.map(() => ({ id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } }));
};

const billLook: Look = async (tx, instance, commandId, { decisionId }) =>
  lookAtBills(`decision/${decisionId}`, await loadBills(tx, instance, [commandId], true));

const orderLook: Look = async (tx, instance, contractId, { decisionId }) =>
  lookAgain(`decision/${decisionId}`, await loadOrders(tx, instance, [contractId], true));

const LOOKS: Readonly<Record<string, Look>> = { customer: customerLook, bill: billLook, order: orderLook };

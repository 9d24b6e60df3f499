import { derivedId } from '@tieout/canonical';
import { DataError, type Enqueue, type ExceptionAction, type ExceptionKind } from '@tieout/messaging';
import { settle } from './approval.store.ts';
import { APPROVAL_NEEDED } from './approval-case.ts';
import { SYNC_CUSTOMER } from './customer.consumer.ts';

/** An ERP instance and its work. */
interface InstanceQueue {
  readonly instance: string;
  readonly queue: Enqueue;
}

/** What people decide about a change of a governed field. What they saw is what they settle: a newer value is a newer case. */
export function approvalKind(instances: readonly InstanceQueue[], ownerGroup: string): ExceptionKind {
  const settled =
    (how: 'approved' | 'rejected'): ExceptionAction['apply'] =>
    async (tx, { objectId: customerId, details }, { decisionId, reason }) => {
      const found = instances.find(({ instance }) => instance === details['instance']);
      if (!found || !(await settle(tx, found.instance, customerId, how)))
        throw new DataError('nothing-to-decide', `Nothing of customer ${customerId} waits for an approval.`);
      if (how === 'rejected') return `Rejected, the ERP keeps its value: ${reason ?? ''}`;
      const id = derivedId(`${SYNC_CUSTOMER}/decision`, decisionId);
      await found.queue.enqueue(tx, [{ id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } }]);
      return null;
    };
  return {
    ...{ kind: APPROVAL_NEEDED, severity: 'WARNING', ownerGroup, dueHours: 48 },
    cure: 'Approve or reject the change, or take it back in the CRM.',
    actions: {
      approve: {
        does: 'Writes the new value into the ERP; the case ends when it stands there.',
        needsReason: false,
        apply: settled('approved'),
      },
      reject: {
        does: 'Leaves the ERP as it is; another value is asked about anew.',
        needsReason: true,
        apply: settled('rejected'),
      },
    },
  };
}

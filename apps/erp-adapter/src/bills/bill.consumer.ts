import { derivedId, type ErpCommand } from '@tieout/canonical';
import {
  applied,
  duplicate,
  ignored,
  type ConsumerSpec,
  type Delivery,
  type Enqueue,
  type NewWorkItem,
} from '@tieout/messaging';
import type { CommandScope } from '../orders/command.consumer.ts';
import { keepBills, type BillLink } from './bill-link.store.ts';

export const BILL_ORDER = 'bill-order';

/**
 * Commands that bill orders of the legal entities of this ERP. Each is an invoice of its own: none overtakes another, and one that
 * comes again changes nothing. The work waits behind what was asked of the same contract before.
 */
export function billCommands(
  { instance, holds }: Pick<CommandScope, 'instance' | 'holds'>,
  queue: Enqueue,
): ConsumerSpec<'finance.erp-command.v1'> {
  return {
    topic: 'finance.erp-command.v1',
    async handle(deliveries, tx) {
      const ours = deliveries.filter(({ value }) => value?.type === 'BILL_ORDER' && holds(value.legalEntity));
      // Of two in one batch under one id the first counts.
      const first = new Map(ours.toReversed().map((delivery) => [delivery.value!.commandId, delivery]));
      const kept = await keepBills(
        tx,
        instance,
        [...first.values()].map(({ value }) => value!),
      );
      const fresh = ours.filter((one) => isFirst(one) && kept.has(one.value!.commandId));
      await queue.enqueue(tx, fresh.map(toWork));
      return deliveries.map((one) => (fresh.includes(one) ? applied : ours.includes(one) ? duplicate : notTaken));

      function isFirst(delivery: Delivery<ErpCommand>): boolean {
        return first.get(delivery.value!.commandId) === delivery;
      }
    },
  };
}

const notTaken = ignored('not about an invoice of this ERP');

function toWork({ value, meta }: Delivery<ErpCommand>): NewWorkItem {
  const { commandId, contractId } = value!;
  return { id: derivedId(BILL_ORDER, commandId), ...workOf({ commandId, contractId }), cause: meta };
}

/** The bill is looked at again because of something in the ERP or here; once per version of what is known of it. */
export function lookAtBills(
  reason: string,
  bills: readonly Pick<BillLink, 'commandId' | 'contractId' | 'version'>[],
): NewWorkItem[] {
  return bills.map((bill) => ({
    id: derivedId(`${BILL_ORDER}/${reason}`, bill.commandId, bill.version),
    ...workOf(bill),
  }));
}

const workOf = ({ commandId, contractId }: Pick<BillLink, 'commandId' | 'contractId'>) => ({
  kind: BILL_ORDER,
  key: contractId,
  payload: { commandId },
});

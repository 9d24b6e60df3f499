import type { Contract } from '@tieout/canonical';
import {
  applied,
  duplicate,
  ignored,
  superseded,
  type ConsumerSpec,
  type Delivery,
  type Exceptions,
  type Outbox,
  type Outcome,
} from '@tieout/messaging';
import { takeContract, type ContractOrder } from './order.ts';
import { lockOrders } from './order.store.ts';
import { settle } from './settle.store.ts';

/** Contracts of the CRM: an active one that is to be billed asks the ERP for its order. */
export function contracts(outbox: Outbox, exceptions: Exceptions): ConsumerSpec<'finance.contract.v1'> {
  return {
    topic: 'finance.contract.v1',
    async handle(deliveries, tx) {
      const stored = await lockOrders(
        tx,
        deliveries.map(({ key }) => key),
      );
      const newest = newestOf(deliveries, stored);
      const asked: ContractOrder[] = [];
      for (const [contractId, { value, meta }] of newest) {
        const before = stored.get(contractId)!;
        const { next, command } = takeContract(before, value!, meta.time);
        asked.push(next);
        if (command) {
          const { commandId: id } = command;
          await outbox.publish(tx, [
            { topic: 'finance.erp-command.v1', key: contractId, id, value: command, cause: meta },
          ]);
        }
      }
      await settle(tx, exceptions, asked);
      return deliveries.map((delivery) => outcomeOf(delivery, stored, newest));
    },
  };
}

/** The highest revision of each contract in this batch that is higher than what is stored: those between decide nothing. */
function newestOf(
  deliveries: readonly Delivery<Contract>[],
  stored: ReadonlyMap<string, ContractOrder>,
): ReadonlyMap<string, Delivery<Contract>> {
  const newest = new Map<string, Delivery<Contract>>();
  for (const delivery of deliveries) {
    const { key, value } = delivery;
    const known = newest.get(key)?.value?.revision ?? stored.get(key)?.contractRevision ?? 0n;
    if (value && value.revision > known) newest.set(key, delivery);
  }
  return newest;
}

function outcomeOf(
  delivery: Delivery<Contract>,
  stored: ReadonlyMap<string, ContractOrder>,
  newest: ReadonlyMap<string, Delivery<Contract>>,
): Outcome {
  const { key, value } = delivery;
  if (value === null) return ignored('erased');
  if (newest.get(key) === delivery) return applied;
  const known = newest.get(key)?.value?.revision ?? stored.get(key)?.contractRevision;
  return value.revision === known ? duplicate : superseded;
}

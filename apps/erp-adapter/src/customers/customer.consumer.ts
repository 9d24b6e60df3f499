import { derivedId, type Customer } from '@tieout/canonical';
import {
  applied,
  duplicate,
  ignored,
  superseded,
  type ConsumerSpec,
  type Delivery,
  type Enqueue,
  type NewWorkItem,
  type Outcome,
} from '@tieout/messaging';
import { keepDesired, revisionsOf } from './customer-link.store.ts';

export const SYNC_CUSTOMER = 'sync-customer';

/** Customers of these CRM instances, which the ERP shall hold: kept here, and brought there by the worker. */
export function customers(
  instance: string,
  crmInstances: readonly string[],
  queue: Enqueue,
): ConsumerSpec<'finance.customer.v1'> {
  return {
    topic: 'finance.customer.v1',
    async handle(deliveries, tx) {
      const newest = new Map<string, Delivery<Customer>>();
      for (const delivery of deliveries) {
        const { value } = delivery;
        if (
          value &&
          outOfScope(value, crmInstances) === null &&
          value.revision > (newest.get(value.customerId)?.value?.revision ?? -1n)
        ) {
          newest.set(value.customerId, delivery);
        }
      }
      const before = await revisionsOf(tx, instance, [...newest.keys()]);
      const kept = await keepDesired(
        tx,
        instance,
        [...newest.values()].map(({ value }) => desiredOf(value!)),
      );
      const changed = [...newest.values()].filter(({ value }) => kept.has(value!.customerId));
      await queue.enqueue(tx, changed.map(toWork));
      return deliveries.map((delivery) => outcomeOf(delivery, crmInstances, newest, before));
    },
  };
}

/** Why the ERP does not follow. A customer that the CRM deleted stays: its lifecycle in the ERP is the ERP's to decide. */
function outOfScope({ lifecycle, source }: Customer, crmInstances: readonly string[]): string | null {
  if (!crmInstances.includes(source.instance)) return 'customer of another CRM instance';
  return lifecycle === 'ACTIVE' || lifecycle === 'INACTIVE'
    ? null
    : `lifecycle ${lifecycle}: the ERP keeps its customer`;
}

function desiredOf({
  customerId,
  revision,
  accountNumber,
  name,
  taxId,
  currency,
  lifecycle,
}: Customer): Parameters<typeof keepDesired>[2][number] {
  return { customerId, revision, desired: { accountNumber, name, taxId, currency, lifecycle } };
}

function toWork({ value, meta }: Delivery<Customer>): NewWorkItem {
  const { customerId, revision } = value!;
  return {
    id: derivedId(SYNC_CUSTOMER, customerId, revision.toString()),
    kind: SYNC_CUSTOMER,
    key: customerId,
    payload: { customerId },
    cause: meta,
  };
}

function outcomeOf(
  delivery: Delivery<Customer>,
  crmInstances: readonly string[],
  newest: ReadonlyMap<string, Delivery<Customer>>,
  before: ReadonlyMap<string, bigint>,
): Outcome {
  const { value } = delivery;
  if (value === null) return ignored('erased');
  const reason = outOfScope(value, crmInstances);
  if (reason !== null) return ignored(reason);
  const known = before.get(value.customerId) ?? -1n;
  if (value.revision === known) return duplicate;
  if (value.revision < known || newest.get(value.customerId) !== delivery) return superseded;
  return applied;
}

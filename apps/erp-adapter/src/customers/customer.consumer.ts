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
import { keepDesired, revisionsOf, type Kept, type NewDesired } from './customer-link.store.ts';

export const SYNC_CUSTOMER = 'sync-customer';

/** Which customers an ERP instance shall hold. */
export interface CustomerScope {
  readonly instance: string;
  readonly crmInstances: readonly string[];
  /** `with-orders`: only those that a command for one of its legal entities has named. */
  readonly customers: 'all' | 'with-orders';
  customerKey?(customerId: string): string;
}

/** Customers that the ERP shall hold: kept here, and brought there by the worker. */
export function customers(scope: CustomerScope, queue: Enqueue): ConsumerSpec<'finance.customer.v1'> {
  const { instance, crmInstances } = scope;
  const isDue = ({ wanted, stands }: Kept): boolean => scope.customers === 'all' || wanted || stands;
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
        [...newest.values()].map(({ value }) => desiredOf(value!, scope)),
      );
      const due = [...newest.values()].filter(({ value }) => {
        const now = kept.get(value!.customerId);
        return now !== undefined && isDue(now);
      });
      await queue.enqueue(tx, due.map(toWork));
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

function desiredOf(
  { customerId, revision, ...customer }: Customer,
  { customerKey }: Pick<CustomerScope, 'customerKey'>,
): NewDesired {
  const { accountNumber, name, legalName, taxId, currency, lifecycle, paymentTerms, billingAddress } = customer;
  const desired = { accountNumber, name, legalName, taxId, currency, lifecycle, paymentTerms, billingAddress };
  return { customerId, revision, externalKey: customerKey?.(customerId) ?? null, desired };
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

/** A command has named the customer for more legal entities than before. */
export function bringWanted(customerId: string, wanted: readonly string[]): NewWorkItem {
  const id = derivedId(`${SYNC_CUSTOMER}/wanted`, customerId, wanted.join('|'));
  return { id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } };
}

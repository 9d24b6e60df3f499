import { contractEvidence } from './contract.ts';
import type { ErpOrder, Sold } from './contract.ts';
import { difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

type FindId = (legalEntityCode: string | null) => string | null;

/**
 * Contract by contract: every active one that has something to bill stands in the ERP as exactly one order, for the same customer,
 * in the same currency, sold by the same legal entity - and every order stems from an active contract.
 */
export function compareOrders(
  contracts: ReadonlyMap<string, Sold>,
  orders: readonly ErpOrder[],
  legalEntityIdOf: FindId,
): readonly Difference[] {
  const active = [...contracts.values()].filter(({ isActive }) => isActive);
  const byContract = Map.groupBy(orders, ({ contractId }) => contractId);
  const strangers = orders.filter(({ contractId }) => !contracts.get(contractId ?? '')?.isActive);
  return [
    ...active.flatMap((contract) => compareOne(contract, byContract.get(contract.id) ?? [], legalEntityIdOf)),
    ...strangers.map((order) => extra(order, contracts.get(order.contractId ?? ''))),
  ];
}

function compareOne(contract: Sold, orders: readonly ErpOrder[], legalEntityIdOf: FindId): readonly Difference[] {
  const about = {
    ...({ check: 'orders-crm-erp', objectType: 'contract', object: contract.id } as const),
    ...{ customerId: contract.customerId, currency: contract.currency },
    legalEntityId: legalEntityIdOf(contract.legalEntity),
  };
  if (orders.length === 0) {
    if (contract.lines.size === 0) return [];
    const evidence = { ...contractEvidence(contract), lines: String(contract.lines.size) };
    const sides = { expected: contract.net, actual: null, changedAt: [contract.changedAt] };
    return [difference({ ...about, ...sides, evidence, kind: 'missing' })];
  }
  const changedAt = [contract.changedAt, latestOf(orders.map((order) => order.changedAt))];
  const evidence = {
    ...contractEvidence(contract),
    orders: listed(orders.map(({ number }) => number)),
    erp: listed(orders.map(({ vendorId }) => vendorId)),
    erpCustomers: listed(orders.map(({ vendorCustomerId }) => vendorCustomerId ?? '')),
  };
  const found = fieldsOf(contract, orders).map((field) => difference({ ...about, ...field, changedAt, evidence }));
  if (orders.length === 1) return found;
  const twice = { kind: 'duplicate', expected: '1', actual: String(orders.length) };
  return [...found, difference({ ...about, ...twice, changedAt, evidence })];
}

/** What the contract says and an order of it says otherwise. */
function fieldsOf(
  contract: Sold,
  orders: readonly ErpOrder[],
): readonly { readonly kind: string; readonly expected: string | null; readonly actual: string | null }[] {
  const fields: readonly [kind: string, expected: string | null, of: (order: ErpOrder) => string | null][] = [
    ['currency', contract.currency, ({ currency }) => currency],
    ['customer', contract.customerId, ({ customerId }) => customerId],
    ['legal-entity', contract.legalEntity, ({ legalEntity }) => legalEntity],
  ];
  return fields.flatMap(([kind, expected, of]) => {
    const others = orders.map(of).filter((value) => value !== expected);
    if (others.length === 0) return [];
    const said = others.filter((value) => value !== null);
    return [{ kind, expected, actual: said.length === 0 ? null : listed(said) }];
  });
}

/** An order that nobody sold, or whose contract does not bind (any more). */
function extra(order: ErpOrder, contract: Sold | undefined): Difference {
  return difference({
    ...{ check: 'orders-crm-erp', kind: 'extra', objectType: 'order', object: order.id },
    ...{ legalEntityId: order.legalEntityId, customerId: order.customerId, currency: order.currency },
    ...{ expected: null, actual: order.net },
    changedAt: contract === undefined ? [order.changedAt] : [contract.changedAt, order.changedAt],
    evidence: {
      ...{ number: order.number, date: order.date, erp: order.vendorId, contractId: order.contractId ?? '' },
      ...{ contract: contract?.number ?? '', contractStatus: contract?.status ?? 'no such contract' },
    },
  });
}

import type { BilledLine, Contract, ContractLine, ErpOrder } from '../src/checks/contract.ts';
import type { ErpDocument } from '../src/checks/documents.ts';
import type { Entity } from '../src/checks/hierarchies.ts';
import type { Sides, TopicSide } from '../src/checks/sides.ts';

/* Sides of the checks in which nothing is wrong; a spec changes what it is about. */

export const noTopic: TopicSide = {
  ...{ invoices: [], payments: [], orders: [], creditMemos: [], allocations: [], creditAllocations: null },
  ...{ controlTotals: [], laterMonths: new Set<string>(), forecast: { versions: [], cells: [] } },
  ...{ writeOffs: null, reversed: [], hierarchies: { entities: [], customers: [], nodes: [], members: [] } },
  ...{ closedPeriods: [], posted: [] },
  legalEntities: new Map(),
};

export const noSides: Sides = {
  ...{ topic: null, erpInvoices: null, erpPayments: null, erpCustomers: null, crmCustomers: null, planningCells: null },
  ...{ erpOrders: null, erpInvoiceLines: null, erpCreditMemos: null, contracts: null, contractLines: null },
  ...{ plannedCells: null, plannedCostCenters: null, unreadable: [], repeated: [], legalEntityIdOf: () => null },
  ...{ erpReversed: [], references: null, held: [], cutOff: null },
  terms: { today: '2026-01-01', billingToleranceDays: 10, reversalGraceMs: 900_000 },
};

/** Ids that an ERP document carries beside its canonical ones. */
export const erpIds = { vendorId: '1', vendorCustomerId: '77', customerAccountId: 'account', legalEntity: null };

export const contract: Contract = {
  ...{ id: 'c1', vendorId: '800A', number: '00000101', status: 'Activated', isActive: true },
  ...{ customerId: 'cust', currency: 'CHF', legalEntity: 'CH', endsOn: null, changedAt: '2026-01-01T00:00:00.000Z' },
};

export const contractLine: ContractLine = {
  ...{ billingId: 'b1', contractId: 'c1', vendorId: 'a001', billOn: '2026-03-31', net: '80', currency: 'CHF' },
  changedAt: '2026-01-02T00:00:00.000Z',
};

/** Two lines, 80 in March and 20.01 in April: 100.01 together. */
export const contractLines: readonly ContractLine[] = [
  contractLine,
  { ...contractLine, billingId: 'b2', vendorId: 'a002', billOn: '2026-04-30', net: '20.01' },
];

export const erpDocument: ErpDocument = {
  ...erpIds,
  ...{ id: 'd1', number: 'DOC1', legalEntityId: 'le', customerId: 'cust', currency: 'CHF', date: '2026-03-31' },
  ...{ amount: '100', rest: '0', changedAt: null },
};

/** A legal entity as its topic holds it. */
export const entity: Entity = {
  ...{ id: 'le', code: 'CH', instance: 'main', parentId: null, isDeleted: false, changedAt: null },
};

/** The order of the contract, of which March is billed. */
export const order: ErpOrder = {
  ...erpDocument,
  ...{ id: 'o1', number: 'SO1', date: '2026-03-01', amount: '108.11', rest: '20.01', net: '100.01' },
  ...{ contractId: 'c1', isClosed: false, legalEntity: 'CH' },
};

/** March, billed in March. */
export const billedLine: BilledLine = {
  ...{ invoiceId: 'i1', vendorId: '4711', number: 'INV1', date: '2026-03-31', legalEntityId: 'le', customerId: 'cust' },
  ...{ customerAccountId: 'account', vendorCustomerId: '77', currency: 'CHF', net: '80', contractId: 'c1' },
  ...{ billingId: 'b1', changedAt: null },
};

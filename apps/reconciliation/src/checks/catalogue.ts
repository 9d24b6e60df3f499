import { checkBillingSchedule } from './billing-schedule.ts';
import { compareCells } from './cells.ts';
import type { Cell } from './cells.ts';
import { checkClosedPeriods } from './closed-periods.ts';
import { checkContractBilling } from './contract-billing.ts';
import { contractsWithLines } from './contract.ts';
import type { Sold } from './contract.ts';
import { checkControlTotals } from './control-totals.ts';
import { compareCostCenters } from './cost-centers.ts';
import { checkCrossReferences } from './cross-references.ts';
import { compareCustomers } from './customers.ts';
import type { BuiltInCheck, Difference } from './difference.ts';
import { compareDocuments, DOCUMENT_CHECKS } from './documents.ts';
import { compareForecast } from './forecast.ts';
import { checkHierarchies } from './hierarchies.ts';
import { checkErpBalances, checkInvoiceBalances } from './invoice-balance.ts';
import { compareOrders } from './orders.ts';
import { checkReversals, withoutReversed } from './reversals.ts';
import type { ReversibleType } from './reversals.ts';
import type { Sides, TopicSide } from './sides.ts';
import type { Stations } from './stations.ts';
import { checkUnappliedPayments } from './unapplied-payments.ts';

/** Sides that may be missing, by what a person calls them. */
export const SIDE_NAMES = {
  topic: 'the topics',
  references: 'the cross-references',
  erpInvoices: 'invoices of the ERP',
  erpPayments: 'payments of the ERP',
  erpCustomers: 'customers of the ERP',
  erpOrders: 'orders of the ERP',
  erpInvoiceLines: 'invoice lines of the ERP',
  erpCreditMemos: 'credit memos of the ERP',
  crmCustomers: 'customers of the CRM',
  contracts: 'contracts of the CRM',
  contractLines: 'contract lines of the CRM',
  planningCells: 'actuals of planning',
  plannedCells: 'the forecast of planning',
  plannedCostCenters: 'cost centres of planning',
} as const satisfies Partial<Record<keyof Sides, string>>;
export type SideName = keyof typeof SIDE_NAMES;

type With<N extends SideName> = Sides & { readonly [K in N]: NonNullable<Sides[K]> };

/** A check with the sides that it cannot be made without. */
export interface CheckDefinition {
  readonly check: BuiltInCheck;
  readonly needs: readonly SideName[];
  /** Null when the sides are there and still do not say enough. */
  readonly make: (sides: Sides, stations: Stations) => readonly Difference[] | null;
}

function define<const N extends SideName>(
  check: BuiltInCheck,
  needs: readonly N[],
  make: (sides: With<N>, stations: Stations) => readonly Difference[] | null,
): CheckDefinition {
  // Whoever calls it has looked at `needs`.
  return { check, needs, make: make as CheckDefinition['make'] };
}

/** Without the ERP's customers nobody could tell whom an order is for. */
const CONTRACTS = ['contracts', 'contractLines', 'erpOrders', 'erpCustomers'] as const;

/** Every built-in check. The order does not matter. */
export const CHECK_DEFINITIONS: readonly CheckDefinition[] = [
  define('cells-erp-topic', ['topic', 'erpInvoices', 'erpPayments'], ({ legalEntityIdOf }, { erp, topic }) =>
    compareCells('cells-erp-topic', erp ?? [], topic ?? [], legalEntityIdOf),
  ),
  define('cells-topic-planning', ['topic', 'planningCells'], ({ topic, planningCells, legalEntityIdOf }, stations) =>
    compareCells(
      'cells-topic-planning',
      withoutLaterMonths(stations.topic ?? [], topic),
      withoutLaterMonths(planningCells, topic),
      legalEntityIdOf,
    ),
  ),
  define('cells-erp-planning', ['erpInvoices', 'erpPayments', 'planningCells'], (sides, { direct }) => {
    const { topic, planningCells, legalEntityIdOf, cutOff } = sides;
    // Planning knows no cut-off, and only the topics say which months go on behind it.
    if (direct === null || (topic === null && cutOff !== null)) return null;
    const [ours, theirs] = [direct, planningCells].map((cells) => (topic ? withoutLaterMonths(cells, topic) : cells));
    return compareCells('cells-erp-planning', ours ?? [], theirs ?? [], legalEntityIdOf);
  }),
  define('control-totals', ['topic', 'erpInvoices', 'erpPayments'], ({ topic }) =>
    checkControlTotals(topic.controlTotals, { invoice: topic.invoices, payment: topic.payments }),
  ),
  define('invoice-balance', ['topic', 'erpInvoices'], ({ topic, erpInvoices }) => [
    ...checkInvoiceBalances(topic.invoices, {
      payments: topic.allocations,
      credits: topic.creditAllocations,
      writeOffs: topic.writeOffs,
    }),
    ...checkErpBalances(erpInvoices),
  ]),
  define('invoices-erp-topic', ['topic', 'erpInvoices'], (sides) =>
    documents('invoice', sides, sides.erpInvoices, sides.topic.invoices),
  ),
  define('payments-erp-topic', ['topic', 'erpPayments'], (sides) =>
    documents('payment', sides, sides.erpPayments, sides.topic.payments),
  ),
  define('orders-erp-topic', ['topic', 'erpOrders'], (sides) =>
    documents('order', sides, sides.erpOrders, sides.topic.orders),
  ),
  define('credit-memos-erp-topic', ['topic', 'erpCreditMemos'], (sides) =>
    documents('credit-memo', sides, sides.erpCreditMemos, sides.topic.creditMemos),
  ),
  define('unapplied-payments', ['erpInvoices', 'erpPayments'], ({ erpInvoices, erpPayments }) =>
    checkUnappliedPayments(erpPayments, erpInvoices),
  ),
  define('customers-crm-erp', ['crmCustomers', 'erpCustomers'], ({ crmCustomers, erpCustomers }) =>
    compareCustomers(crmCustomers, erpCustomers),
  ),
  define('cross-references', ['references', 'crmCustomers', 'erpCustomers'], ({ references, held }) =>
    checkCrossReferences(references, held),
  ),
  define('hierarchies', ['topic', 'erpInvoices', 'erpPayments', 'planningCells'], (sides) => {
    const { topic, erpInvoices, erpPayments, planningCells } = sides;
    const planned = planningCells.map(({ legalEntity }) => legalEntity);
    return checkHierarchies(topic.hierarchies, [...erpInvoices, ...erpPayments], planned);
  }),
  define('cost-centers', ['topic', 'plannedCostCenters'], ({ topic, plannedCostCenters }) =>
    compareCostCenters(topic.hierarchies.members, plannedCostCenters),
  ),
  define('closed-periods', ['topic', 'erpInvoices', 'erpPayments'], ({ topic }) =>
    checkClosedPeriods(topic.posted, topic.closedPeriods),
  ),
  define('orders-crm-erp', CONTRACTS, (sides) => compareOrders(soldOf(sides), sides.erpOrders, sides.legalEntityIdOf)),
  define('contract-billing', [...CONTRACTS, 'erpInvoiceLines'], (sides) =>
    checkContractBilling(soldOf(sides), sides.erpOrders, sides.erpInvoiceLines),
  ),
  define('billing-schedule', [...CONTRACTS, 'erpInvoiceLines'], (sides) => {
    const { today, billingToleranceDays: toleranceDays } = sides.terms;
    return checkBillingSchedule(soldOf(sides), sides.erpOrders, sides.erpInvoiceLines, { today, toleranceDays });
  }),
  define('forecast-planning-topic', ['topic', 'plannedCells'], ({ topic, plannedCells, legalEntityIdOf }) =>
    compareForecast(plannedCells, topic.forecast, legalEntityIdOf),
  ),
];

/** Planning knows no cut-off: a month with documents behind it holds more there than up to it. */
const withoutLaterMonths = (cells: readonly Cell[], { laterMonths }: TopicSide): readonly Cell[] =>
  cells.filter(({ month }) => !laterMonths.has(month));

const soldOf = ({ contracts, contractLines }: With<'contracts' | 'contractLines'>): ReadonlyMap<string, Sold> =>
  contractsWithLines(contracts, contractLines);

/** Item by item; what one side has voided is no missing item but a reversal, with a time of its own. */
function documents<T extends ReversibleType>(
  type: T,
  { topic, erpReversed, terms }: With<'topic'>,
  erp: Parameters<typeof compareDocuments<T>>[1],
  ours: Parameters<typeof compareDocuments<T>>[2],
): readonly Difference[] {
  const [theirVoids, ourVoids] = [erpReversed, topic.reversed].map((all) => all.filter((one) => one.type === type));
  const [inErp, onTopic] = [theirVoids ?? [], ourVoids ?? []];
  return [
    ...compareDocuments(type, withoutReversed(erp, onTopic), withoutReversed(ours, inErp)),
    ...checkReversals(
      DOCUMENT_CHECKS[type],
      { name: 'ERP', reversed: inErp, standing: erp },
      { name: 'topic', reversed: onTopic, standing: ours },
      terms.reversalGraceMs,
    ),
  ];
}

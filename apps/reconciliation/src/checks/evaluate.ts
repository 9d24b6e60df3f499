import { cellsOf, compareCells } from './cells.ts';
import type { Cell } from './cells.ts';
import { checkContractBilling } from './contract-billing.ts';
import { contractsWithLines } from './contract.ts';
import { checkControlTotals } from './control-totals.ts';
import { compareCustomers } from './customers.ts';
import { difference, sortDifferences } from './difference.ts';
import type { Check, Difference } from './difference.ts';
import { compareDocuments } from './documents.ts';
import { compareForecast } from './forecast.ts';
import { checkErpBalances, checkInvoiceBalances } from './invoice-balance.ts';
import { compareOrders } from './orders.ts';
import type { Sides, Unreadable } from './sides.ts';
import { checkUnappliedPayments } from './unapplied-payments.ts';

export interface Stations {
  readonly erp: readonly Cell[] | null;
  readonly topic: readonly Cell[] | null;
  readonly planning: readonly Cell[] | null;
}

export interface Evaluation {
  readonly checked: ReadonlySet<Check>;
  readonly differences: readonly Difference[];
  readonly stations: Stations;
}

/** Makes every check whose sides are there. The order of the input does not matter. */
export function evaluate(sides: Sides): Evaluation {
  const stations = stationsOf(sides);
  const made = [
    ...cellChecks(sides, stations),
    ...receivableChecks(sides),
    ...contractDocumentChecks(sides),
    ...customerChecks(sides),
    ...contractChecks(sides),
    ...forecastChecks(sides),
  ];
  const checked = new Set(made.map(([check]) => check));
  const unreadable = sides.unreadable.filter(({ check }) => checked.has(check)).map(unreadableDifference);
  return { checked, stations, differences: sortDifferences([...made.flatMap(([, found]) => found), ...unreadable]) };
}

type Made = readonly [Check, readonly Difference[]];

function stationsOf({ topic, erpInvoices, erpPayments, planningCells }: Sides): Stations {
  const codeOf = (id: string): string => topic?.legalEntities.get(id) ?? id;
  return {
    erp: erpInvoices && erpPayments && cellsOf(erpInvoices, erpPayments, codeOf),
    topic: topic && cellsOf(topic.invoices, topic.payments, codeOf),
    planning: planningCells,
  };
}

function cellChecks({ topic, legalEntityIdOf: find }: Sides, stations: Stations): readonly Made[] {
  if (!topic || !stations.topic) return [];
  const made: Made[] = [];
  if (stations.erp) made.push(['cells-erp-topic', compareCells('cells-erp-topic', stations.erp, stations.topic, find)]);
  if (stations.planning) {
    // Planning knows no cut-off: a month with documents behind it holds more there than up to it.
    const [ours, theirs] = [stations.topic, stations.planning].map((cells) =>
      cells.filter(({ month }) => !topic.laterMonths.has(month)),
    );
    made.push(['cells-topic-planning', compareCells('cells-topic-planning', ours ?? [], theirs ?? [], find)]);
  }
  return made;
}

function receivableChecks({ topic, erpInvoices, erpPayments }: Sides): readonly Made[] {
  const made: Made[] = [];
  if (topic && erpInvoices) {
    const { invoices, allocations, creditAllocations } = topic;
    made.push(['invoices-erp-topic', compareDocuments('invoice', erpInvoices, invoices)]);
    made.push([
      'invoice-balance',
      [...checkInvoiceBalances(invoices, allocations, creditAllocations), ...checkErpBalances(erpInvoices)],
    ]);
  }
  if (topic && erpPayments) made.push(['payments-erp-topic', compareDocuments('payment', erpPayments, topic.payments)]);
  if (topic && erpInvoices && erpPayments) {
    const documents = { invoice: topic.invoices, payment: topic.payments };
    made.push(['control-totals', checkControlTotals(topic.controlTotals, documents)]);
  }
  if (erpInvoices && erpPayments) made.push(['unapplied-payments', checkUnappliedPayments(erpPayments, erpInvoices)]);
  return made;
}

function contractDocumentChecks({ topic, erpOrders, erpCreditMemos }: Sides): readonly Made[] {
  const made: Made[] = [];
  if (topic && erpOrders) made.push(['orders-erp-topic', compareDocuments('order', erpOrders, topic.orders)]);
  if (topic && erpCreditMemos)
    made.push(['credit-memos-erp-topic', compareDocuments('credit-memo', erpCreditMemos, topic.creditMemos)]);
  return made;
}

function customerChecks({ crmCustomers, erpCustomers }: Sides): readonly Made[] {
  return crmCustomers && erpCustomers ? [['customers-crm-erp', compareCustomers(crmCustomers, erpCustomers)]] : [];
}

/** CRM against ERP, whatever the topics say. Without the ERP's customers nobody could tell whom an order is for. */
function contractChecks(sides: Sides): readonly Made[] {
  const { contracts, contractLines, erpOrders, erpInvoiceLines, erpCustomers, legalEntityIdOf } = sides;
  if (!contracts || !contractLines || !erpOrders || !erpCustomers) return [];
  const sold = contractsWithLines(contracts, contractLines);
  const made: Made[] = [['orders-crm-erp', compareOrders(sold, erpOrders, legalEntityIdOf)]];
  if (erpInvoiceLines) made.push(['contract-billing', checkContractBilling(sold, erpOrders, erpInvoiceLines)]);
  return made;
}

function forecastChecks({ topic, plannedCells, legalEntityIdOf }: Sides): readonly Made[] {
  if (!topic || !plannedCells) return [];
  return [['forecast-planning-topic', compareForecast(plannedCells, topic.forecast, legalEntityIdOf)]];
}

const unreadableDifference = ({ check, objectType, itemId, reason }: Unreadable): Difference =>
  difference({ check, objectType, kind: 'unreadable', object: itemId, expected: null, actual: reason });

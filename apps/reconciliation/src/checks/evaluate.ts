import { cellsOf, compareCells } from './cells.ts';
import type { Cell } from './cells.ts';
import { checkControlTotals } from './control-totals.ts';
import type { ControlTotal } from './control-totals.ts';
import { compareCustomers } from './customers.ts';
import type { Customer } from './customers.ts';
import { difference, sortDifferences } from './difference.ts';
import type { Check, Difference } from './difference.ts';
import { compareDocuments } from './documents.ts';
import type { Document } from './documents.ts';
import { checkErpBalances, checkInvoiceBalances } from './invoice-balance.ts';
import type { Allocation, BalancedInvoice, ErpInvoice } from './invoice-balance.ts';

/** What the topics say now: posted documents, up to the cut-off when there is one. */
export interface TopicSide {
  readonly invoices: readonly BalancedInvoice[];
  readonly payments: readonly Document[];
  readonly allocations: readonly Allocation[];
  /** Months with documents behind the cut-off. */
  readonly laterMonths: ReadonlySet<string>;
  readonly controlTotals: readonly ControlTotal[];
  /** Code by id of every legal entity. */
  readonly legalEntities: ReadonlyMap<string, string>;
}

export interface Unreadable {
  readonly check: Check;
  readonly objectType: Difference['objectType'];
  readonly itemId: string;
  readonly reason: string;
}

/** The sides of a run; null where the snapshot is not complete, and no topic side while the topics are not caught up with. */
export interface Sides {
  readonly topic: TopicSide | null;
  readonly erpInvoices: readonly ErpInvoice[] | null;
  readonly erpPayments: readonly Document[] | null;
  readonly erpCustomers: readonly Customer[] | null;
  readonly crmCustomers: readonly Customer[] | null;
  readonly planningCells: readonly Cell[] | null;
  readonly unreadable: readonly Unreadable[];
}

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
  const made = [...cellChecks(sides, stations), ...documentChecks(sides), ...customerChecks(sides)];
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

function cellChecks({ topic }: Sides, stations: Stations): readonly Made[] {
  if (!topic || !stations.topic) return [];
  const idOf = new Map([...topic.legalEntities].map(([id, code]) => [code, id]));
  const find = (code: string): string | null => idOf.get(code) ?? null;
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

function documentChecks({ topic, erpInvoices, erpPayments }: Sides): readonly Made[] {
  if (!topic) return [];
  const made: Made[] = [];
  if (erpInvoices) {
    made.push(['invoices-erp-topic', compareDocuments('invoice', erpInvoices, topic.invoices)]);
    made.push([
      'invoice-balance',
      [...checkInvoiceBalances(topic.invoices, topic.allocations), ...checkErpBalances(erpInvoices)],
    ]);
  }
  if (erpPayments) made.push(['payments-erp-topic', compareDocuments('payment', erpPayments, topic.payments)]);
  if (erpInvoices && erpPayments) {
    const documents = { invoice: topic.invoices, payment: topic.payments };
    made.push(['control-totals', checkControlTotals(topic.controlTotals, documents)]);
  }
  return made;
}

function customerChecks({ crmCustomers, erpCustomers }: Sides): readonly Made[] {
  return crmCustomers && erpCustomers ? [['customers-crm-erp', compareCustomers(crmCustomers, erpCustomers)]] : [];
}

const unreadableDifference = ({ check, objectType, itemId, reason }: Unreadable): Difference =>
  difference({ check, objectType, kind: 'unreadable', object: itemId, expected: null, actual: reason });

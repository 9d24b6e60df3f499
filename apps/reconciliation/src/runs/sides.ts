import type { Snapshot } from '@tieout/canonical';
import type { HeldRecords, ReferenceSide } from '../checks/cross-references.ts';
import type { BuiltInCheck } from '../checks/difference.ts';
import type { ReversibleType } from '../checks/reversals.ts';
import type { CheckTerms, Repeated, Sides, TopicSide, Unreadable } from '../checks/sides.ts';
import { anaplanCell, anaplanCostCenter, anaplanForecastCell } from '../projections/anaplan.ts';
import {
  netsuiteCreditMemo,
  netsuiteCustomer,
  netsuiteCustomerLink,
  netsuiteInvoice,
  netsuiteInvoiceLine,
  netsuiteOrder,
  netsuitePayment,
  netsuiteReversed,
} from '../projections/netsuite.ts';
import { projectAll, uniqueItems } from '../projections/raw.ts';
import type { RawItem } from '../projections/raw.ts';
import {
  sapCreditMemo,
  sapCustomer,
  sapCustomerLink,
  sapInvoice,
  sapInvoiceLine,
  sapOrder,
  sapPayment,
  sapReversed,
} from '../projections/sap-s4hana.ts';
import { salesforceContract, salesforceContractLine, salesforceCustomer } from '../projections/salesforce.ts';

export interface TakenSnapshot {
  readonly object: string;
  readonly system: string;
  readonly instance: string;
  readonly header: Snapshot | null;
  readonly items: readonly RawItem[];
  /** Why it proves nothing, null when it is complete. */
  readonly problem: string | null;
}

type Project<T> = (item: RawItem, instance: string) => T | null;
/** How items are read, by system: all that were asked are one side. */
type Projects<T> = Readonly<Record<string, Project<T>>>;
/** Rows of a side, null when one of its systems is not complete; items that cannot be read count as differences of the check. */
type SideOf = <T>(object: string, check: BuiltInCheck, projects: Projects<T>) => readonly T[] | null;

/** What a run knows beside its snapshots. */
export interface RunFacts {
  readonly topic: TopicSide | null;
  readonly references: ReferenceSide | null;
  readonly cutOff: string | null;
  /** Instant of the last load of planning. */
  readonly planningLoadedAt: string | null;
  readonly terms: CheckTerms;
}

/** The sides of the checks from what the systems hold; a side whose snapshot is not complete is null. */
export function sidesOf(taken: readonly TakenSnapshot[], facts: RunFacts): Sides {
  const { topic, references, cutOff, planningLoadedAt, terms } = facts;
  const unreadable: Unreadable[] = [];
  const repeated: Repeated[] = [];
  const unique = new Map(taken.map((snapshot) => [snapshot, uniqueItems(snapshot.items)]));
  const side: SideOf = (name, check, projects) => {
    const snapshots = taken.filter(({ object, system }) => object === name && Object.hasOwn(projects, system));
    if (snapshots.length === 0 || snapshots.some(({ problem }) => problem !== null)) return null;
    return snapshots.flatMap((snapshot) => {
      const { items = [], repeated: again = [] } = unique.get(snapshot) ?? {};
      const projected = projectAll(items, (item) => projects[snapshot.system]!(item, snapshot.instance));
      const objectType = name;
      unreadable.push(...projected.unreadable.map((one) => ({ ...one, check, objectType })));
      repeated.push(...again.map((one) => ({ ...one, check, objectType })));
      return projected.rows;
    });
  };
  return {
    ...{ topic, references, cutOff, terms },
    legalEntityIdOf: legalEntityIds(topic),
    ...erpSides(side, cutOff),
    ...crmSides(side, cutOff),
    // Planning does not say when a cell changed; its last load is the latest that one can have.
    planningCells: side('cell', 'cells-topic-planning', {
      anaplan: (item) => {
        const cell = anaplanCell(item);
        return cell && { ...cell, changedAt: planningLoadedAt };
      },
    }),
    plannedCells: side('forecast', 'forecast-planning-topic', { anaplan: anaplanForecastCell }),
    plannedCostCenters: side('cost-center', 'cost-centers', { anaplan: anaplanCostCenter }),
    held: heldCustomers(taken),
    ...{ unreadable, repeated },
  };
}

/** Customers as their systems list them, in use or not. */
const heldCustomers = (taken: readonly TakenSnapshot[]): readonly HeldRecords[] =>
  taken
    .filter(({ object, problem }) => object === 'customer' && problem === null)
    .map(({ object: type, system, instance, items }) => ({
      ...{ type, system, instance },
      vendorIds: new Set(items.map(({ itemId }) => itemId)),
    }));

function legalEntityIds(topic: TopicSide | null): Sides['legalEntityIdOf'] {
  const byCode = new Map([...(topic?.legalEntities ?? [])].map(([id, code]) => [code, id]));
  return (code) => (code === null ? null : (byCode.get(code) ?? null));
}

type ErpDocuments = 'erpInvoices' | 'erpPayments' | 'erpOrders' | 'erpCreditMemos' | 'erpInvoiceLines';
type ErpSides = ErpDocuments | 'erpCustomers' | 'erpReversed';

/** The check that unreadable rows of a type of document count for. */
const LISTED: readonly (readonly [type: ReversibleType, check: BuiltInCheck])[] = [
  ['invoice', 'invoices-erp-topic'],
  ['payment', 'payments-erp-topic'],
  ['credit-memo', 'credit-memos-erp-topic'],
  ['order', 'orders-erp-topic'],
];

const erps = <T>(netsuite: Project<T>, sap: Project<T>): Projects<T> => ({ netsuite, 'sap-s4hana': sap });

function erpSides(side: SideOf, cutOff: string | null): Pick<Sides, ErpSides> {
  const links = new Map(side('customer', 'customers-crm-erp', erps(netsuiteCustomerLink, sapCustomerLink)));
  const documents = <T extends { readonly date: string; readonly customerAccountId: string | null }>(
    name: string,
    check: BuiltInCheck,
    projects: Projects<T>,
  ): readonly T[] | null => {
    const rows = side(name, check, projects)?.filter(({ date }) => cutOff === null || date <= cutOff);
    return rows?.map((row) => ({ ...row, customerId: links.get(row.customerAccountId ?? '') ?? null })) ?? null;
  };
  return {
    erpInvoices: documents('invoice', 'invoices-erp-topic', erps(netsuiteInvoice, sapInvoice)),
    erpPayments: documents('payment', 'payments-erp-topic', erps(netsuitePayment, sapPayment)),
    erpOrders: documents('order', 'orders-erp-topic', erps(netsuiteOrder, sapOrder)),
    erpCreditMemos: documents('credit-memo', 'credit-memos-erp-topic', erps(netsuiteCreditMemo, sapCreditMemo)),
    erpInvoiceLines: documents('invoice-line', 'contract-billing', erps(netsuiteInvoiceLine, sapInvoiceLine)),
    erpCustomers: side('customer', 'customers-crm-erp', erps(netsuiteCustomer, sapCustomer)),
    erpReversed: LISTED.flatMap(([type, check]) =>
      (side(type, check, erps(netsuiteReversed(type), sapReversed(type))) ?? []).filter(
        ({ date }) => cutOff === null || date === null || date <= cutOff,
      ),
    ),
  };
}

/**
 * A contract is what it is now: what was sold later than a cut-off is in it, what was billed later is not in the documents up to it.
 * So a run up to a date leaves contracts out, and no check is made of them.
 */
function crmSides(side: SideOf, cutOff: string | null): Pick<Sides, 'contracts' | 'contractLines' | 'crmCustomers'> {
  return {
    contracts: cutOff === null ? side('contract', 'orders-crm-erp', { salesforce: salesforceContract }) : null,
    contractLines:
      cutOff === null ? side('contract-line', 'contract-billing', { salesforce: salesforceContractLine }) : null,
    crmCustomers: side('customer', 'customers-crm-erp', { salesforce: salesforceCustomer }),
  };
}

import type { Snapshot } from '@tieout/canonical';
import type { Check, Difference } from '../checks/difference.ts';
import type { Sides, TopicSide, Unreadable } from '../checks/evaluate.ts';
import { anaplanCell } from '../projections/anaplan.ts';
import { netsuiteCustomer, netsuiteInvoice, netsuitePayment } from '../projections/netsuite.ts';
import { projectAll } from '../projections/raw.ts';
import type { RawItem } from '../projections/raw.ts';
import { salesforceCustomer } from '../projections/salesforce.ts';

export interface TakenSnapshot {
  readonly object: string;
  readonly system: string;
  readonly instance: string;
  readonly header: Snapshot | null;
  readonly items: readonly RawItem[];
  /** Why it proves nothing, null when it is complete. */
  readonly problem: string | null;
}

/** The sides of the checks from what the systems hold; a side whose snapshot is not complete is null. */
export function sidesOf(
  taken: readonly TakenSnapshot[],
  topic: TopicSide | null,
  cutOff: string | null,
  planningLoadedAt: string | null,
): Sides {
  const unreadable: Unreadable[] = [];
  const side = <T>(name: string, check: Check, project: (item: RawItem, instance: string) => T | null): T[] | null => {
    const snapshots = taken.filter(({ object, system }) => `${object}@${system}` === name);
    if (snapshots.length === 0 || snapshots.some(({ problem }) => problem !== null)) return null;
    return snapshots.flatMap(({ items, instance }) => {
      const projected = projectAll(items, (item) => project(item, instance));
      const objectType = name.split('@')[0] as Difference['objectType'];
      unreadable.push(...projected.unreadable.map((one) => ({ ...one, check, objectType })));
      return projected.rows;
    });
  };
  const upToCutOff = <T extends { date: string }>(rows: T[] | null): T[] | null =>
    rows && rows.filter(({ date }) => cutOff === null || date <= cutOff);
  return {
    topic,
    unreadable,
    erpInvoices: upToCutOff(side('invoice@netsuite', 'invoices-erp-topic', netsuiteInvoice)),
    erpPayments: upToCutOff(side('payment@netsuite', 'payments-erp-topic', netsuitePayment)),
    erpCustomers: side('customer@netsuite', 'customers-crm-erp', netsuiteCustomer),
    crmCustomers: side('customer@salesforce', 'customers-crm-erp', salesforceCustomer),
    // Planning does not say when a cell changed; its last load is the latest that one can have.
    planningCells: side('cell@anaplan', 'cells-topic-planning', (item) => {
      const cell = anaplanCell(item);
      return cell && { ...cell, changedAt: planningLoadedAt };
    }),
  };
}

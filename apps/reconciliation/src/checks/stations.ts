import { cellsOf } from './cells.ts';
import type { Cell } from './cells.ts';
import type { ErpDocument } from './documents.ts';
import type { Sides } from './sides.ts';

/** Figures by legal entity, month and currency at each station; null where a side is not complete. */
export interface Stations {
  readonly erp: readonly Cell[] | null;
  readonly topic: readonly Cell[] | null;
  readonly planning: readonly Cell[] | null;
  /** Those of the ERP under the codes that it writes itself; null where it leaves one out that no topic tells. */
  readonly direct: readonly Cell[] | null;
}

export function stationsOf({ topic, erpInvoices, erpPayments, planningCells }: Sides): Stations {
  const codeOf = (id: string): string => topic?.legalEntities.get(id) ?? id;
  const both = erpInvoices && erpPayments && { invoices: erpInvoices, payments: erpPayments };
  return {
    erp: both && cellsOf(both.invoices, both.payments, codeOf),
    topic: topic && cellsOf(topic.invoices, topic.payments, codeOf),
    planning: planningCells,
    direct: both && directCells(both, topic?.legalEntities ?? new Map()),
  };
}

function directCells(
  { invoices, payments }: { readonly invoices: readonly ErpDocument[]; readonly payments: readonly ErpDocument[] },
  fromTopic: ReadonlyMap<string, string>,
): readonly Cell[] | null {
  const codes = new Map(fromTopic);
  // Sorted, so that of two names of one entity the same wins in every order.
  const named = [...invoices, ...payments].flatMap(({ legalEntityId, legalEntity }) =>
    legalEntity === null ? [] : [[legalEntityId, legalEntity] as const],
  );
  for (const [id, code] of named.toSorted((a, b) => (a[1] < b[1] ? -1 : 1))) codes.set(id, code);
  if ([...invoices, ...payments].some(({ legalEntityId }) => !codes.has(legalEntityId))) return null;
  return cellsOf(invoices, payments, (id) => codes.get(id) ?? id);
}

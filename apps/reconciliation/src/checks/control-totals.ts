import { compare, joinKey, periodOf, sum } from '@tieout/canonical';
import { difference } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Document } from './documents.ts';

/** What the ERP states totals of that are compared here. */
export type TotalledType = 'invoice' | 'payment';

/** Count and sum as the ERP itself computes them. */
export interface ControlTotal {
  readonly object: TotalledType;
  readonly legalEntityId: string;
  /** YYYY-MM; null for all months. */
  readonly period: string | null;
  /** Business date up to which documents count. */
  readonly cutOff: string;
  readonly currency: string;
  readonly count: string;
  /** Sum of gross or of payments by the name of the figure; a name that is not known here is not compared. */
  readonly sums: readonly { readonly name: string; readonly amount: string }[];
  readonly changedAt: string | null;
}

const FIGURE_OF: Readonly<Record<string, { kind: string; of: (document: Document) => string }>> = {
  gross: { kind: 'amount', of: ({ amount }) => amount },
  amount: { kind: 'amount', of: ({ amount }) => amount },
  open: { kind: 'open', of: ({ rest }) => rest },
  unapplied: { kind: 'unapplied', of: ({ rest }) => rest },
};

/**
 * Total by total: what the ERP's own arithmetic says = the topic's documents summed up. And what the topic has documents of in a month
 * that the ERP has totalled for anybody, it has totalled for everybody.
 */
export function checkControlTotals(
  totals: readonly ControlTotal[],
  documents: Readonly<Record<TotalledType, readonly Document[]>>,
): readonly Difference[] {
  const groups = { invoice: groupsOf(documents.invoice), payment: groupsOf(documents.payment) };
  const compared = totals.flatMap((total) => {
    const group = groups[total.object].get(joinKey([total.legalEntityId, total.currency])) ?? [];
    const counted = group.filter(
      ({ date }) => date <= total.cutOff && (total.period === null || date.startsWith(total.period)),
    );
    return compareTotal(total, counted);
  });
  const types = ['invoice', 'payment'] as const;
  return [...compared, ...types.flatMap((type) => untotalled(type, totals, documents[type]))];
}

function untotalled(
  object: TotalledType,
  totals: readonly ControlTotal[],
  documents: readonly Document[],
): readonly Difference[] {
  const own = totals.filter((total) => total.object === object);
  const months = new Set(own.flatMap(({ period }) => period ?? []));
  const stated = new Set(own.map(({ legalEntityId, period, currency }) => joinKey([legalEntityId, period, currency])));
  const groups = Map.groupBy(
    documents.filter(({ date }) => months.has(periodOf(date))),
    ({ legalEntityId, date, currency }) => joinKey([legalEntityId, periodOf(date), currency]),
  );
  return [...groups].flatMap(([key, counted]) => {
    const [{ legalEntityId, currency, date }] = counted as [Document];
    if (stated.has(key) || stated.has(joinKey([legalEntityId, null, currency]))) return [];
    return [
      difference({
        ...{ check: 'control-totals', kind: 'no-total', objectType: object },
        object: joinKey([object, legalEntityId, periodOf(date), currency]),
        ...{ legalEntityId, currency, expected: null, actual: sum(counted.map(({ amount }) => amount)) },
        changedAt: counted.map(({ changedAt }) => changedAt),
        evidence: { documents: String(counted.length) },
      }),
    ];
  });
}

const groupsOf = (documents: readonly Document[]): Map<string, Document[]> =>
  Map.groupBy(documents, ({ legalEntityId, currency }) => joinKey([legalEntityId, currency]));

function compareTotal(total: ControlTotal, counted: readonly Document[]): readonly Difference[] {
  const figures: { kind: string; expected: string; actual: string }[] = [
    { kind: 'count', expected: total.count, actual: String(counted.length) },
  ];
  for (const { name, amount } of total.sums) {
    const figure = FIGURE_OF[name];
    if (figure) figures.push({ kind: figure.kind, expected: amount, actual: sum(counted.map(figure.of)) });
  }
  return figures
    .filter(({ expected, actual }) => compare(expected, actual) !== 0)
    .map((figure) =>
      difference({
        ...figure,
        check: 'control-totals',
        objectType: total.object,
        object: joinKey([total.object, total.legalEntityId, total.period, total.currency]),
        legalEntityId: total.legalEntityId,
        currency: total.currency,
        changedAt: [total.changedAt, ...counted.map(({ changedAt }) => changedAt)],
        evidence: { cutOff: total.cutOff },
      }),
    );
}

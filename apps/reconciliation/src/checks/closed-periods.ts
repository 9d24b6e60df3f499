import { difference } from './difference.ts';
import type { Difference, ObjectType } from './difference.ts';

/** A period that takes no documents of customers any more, as the ERP says. */
export interface ClosedPeriod {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  readonly instance: string;
  /** Null: the books of every legal entity of the instance. */
  readonly legalEntityId: string | null;
  readonly startDate: string;
  readonly endDate: string;
  /** When its topic said so here. */
  readonly closedAt: string;
}

/** A document that the topics know from its first revision on. */
export interface PostedDocument {
  readonly type: ObjectType;
  readonly id: string;
  readonly number: string;
  readonly system: string;
  readonly instance: string;
  readonly legalEntityId: string;
  readonly customerId: string | null;
  readonly currency: string;
  readonly date: string;
  readonly amount: string;
  /** When it was published first. */
  readonly publishedAt: string;
  /** When the ERP says that it last changed; null when it does not say. */
  readonly vendorChangedAt: string | null;
  readonly changedAt: string | null;
}

/**
 * Documents of customers that came into a period after it was known here to be closed: figures that somebody has reported have
 * moved. Both the ERP's stamp and the first publication must be later, so a document that is old, or was only late to arrive, is none.
 */
export function checkClosedPeriods(
  documents: readonly PostedDocument[],
  periods: readonly ClosedPeriod[],
): readonly Difference[] {
  return documents.flatMap((document) => {
    const closed = periods.filter((period) => holds(period, document) && postedAt(document) > period.closedAt);
    const [period] = closed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (period === undefined) return [];
    const { type: objectType, id: object, number, legalEntityId, customerId, currency, date, amount } = document;
    return [
      difference({
        ...{ check: 'closed-periods', kind: 'posted', objectType, object, legalEntityId, customerId, currency },
        ...{ expected: null, actual: amount, changedAt: [document.changedAt, period.closedAt] },
        evidence: { number, date, period: period.name, closedAt: period.closedAt, postedAt: postedAt(document) },
      }),
    ];
  });
}

function holds(period: ClosedPeriod, { system, instance, legalEntityId, date }: PostedDocument): boolean {
  if (period.system !== system || period.instance !== instance) return false;
  if (period.legalEntityId !== null && period.legalEntityId !== legalEntityId) return false;
  return period.startDate <= date && date <= period.endDate;
}

const postedAt = ({ publishedAt, vendorChangedAt }: PostedDocument): string =>
  vendorChangedAt !== null && vendorChangedAt < publishedAt ? vendorChangedAt : publishedAt;

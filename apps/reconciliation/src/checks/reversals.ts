import { joinKey, periodOf } from '@tieout/canonical';
import { difference } from './difference.ts';
import type { BuiltInCheck, Difference } from './difference.ts';
import type { Document } from './documents.ts';

export type ReversibleType = 'invoice' | 'payment' | 'credit-memo' | 'order';

/** A document that its side holds as void or cancelled. */
export interface Reversed {
  readonly type: ReversibleType;
  /** Canonical id. */
  readonly id: string;
  readonly number: string | null;
  readonly legalEntityId: string | null;
  readonly currency: string | null;
  /** YYYY-MM-DD */
  readonly date: string | null;
  /** When it was reversed, as far as the side says. */
  readonly changedAt: string | null;
}

/** What a side holds of one type. */
export interface ReversalSide {
  readonly name: string;
  readonly reversed: readonly Reversed[];
  readonly standing: readonly Document[];
}

/**
 * Document by document of one type: what one side has voided or cancelled does not stand on the other. A side that never had the document
 * has nothing to reverse.
 * @param check that compares the documents of this type
 * @param graceMs how long a reversal may take to the other side
 */
export function checkReversals(
  check: BuiltInCheck,
  erp: ReversalSide,
  topic: ReversalSide,
  graceMs: number,
): readonly (Difference & { readonly graceMs: number })[] {
  const found = [...pending(erp, topic), ...pending(topic, erp)];
  return found.map(({ reversed, document, reversedIn, standsIn }) => ({
    ...difference({
      ...{ check, kind: REVERSAL_MISSING, objectType: reversed.type, object: reversed.id },
      ...{ legalEntityId: document.legalEntityId, customerId: document.customerId, currency: document.currency },
      ...(standsIn === topic.name
        ? { expected: '0', actual: document.amount }
        : { expected: document.amount, actual: '0' }),
      // The side that lags says when it last changed otherwise: that tells nothing about the reversal.
      changedAt: [reversed.changedAt],
      evidence: { number: document.number, date: document.date, amount: document.amount, reversedIn, standsIn },
    }),
    graceMs,
  }));
}

const REVERSAL_MISSING = 'reversal-missing';

interface Pending {
  readonly reversed: Reversed;
  readonly document: Document;
  readonly reversedIn: string;
  readonly standsIn: string;
}

function pending(from: ReversalSide, to: ReversalSide): readonly Pending[] {
  const reversed = new Map(from.reversed.map((one) => [one.id, one]));
  return to.standing.flatMap((document) => {
    const one = reversed.get(document.id);
    return one === undefined ? [] : [{ reversed: one, document, reversedIn: from.name, standsIn: to.name }];
  });
}

/** Documents but for those that the other side has reversed: `checkReversals` tells of them. */
export function withoutReversed<T extends Document>(
  documents: readonly T[],
  reversedElsewhere: readonly Reversed[],
): readonly T[] {
  const ids = new Set(reversedElsewhere.map(({ id }) => id));
  return ids.size === 0 ? documents : documents.filter(({ id }) => !ids.has(id));
}

const OF_CELLS = new Set(['cells-erp-topic', 'cells-topic-planning', 'cells-erp-planning']);

/**
 * Sums over a document whose reversal is on its way differ for as long: they get the same time.
 * @param codeOf code of a legal entity by its id
 */
export function withGrace(
  differences: readonly Difference[],
  codeOf: (legalEntityId: string) => string,
  graceMs: number,
): readonly Difference[] {
  const waiting = differences.filter(({ kind }) => kind === REVERSAL_MISSING);
  if (waiting.length === 0) return differences;
  const places = waiting.map(({ legalEntityId, currency, evidence, objectType }) => {
    const month = periodOf(evidence['date'] ?? '');
    const [entity, code] = [legalEntityId ?? '', codeOf(legalEntityId ?? '')];
    return {
      cell: joinKey([code, month, currency]),
      totals: [month, null].map((period) => joinKey([objectType, entity, period, currency])),
    };
  });
  const cells = new Set(places.map(({ cell }) => cell));
  const totals = new Set(places.flatMap((place) => place.totals));
  return differences.map((one) => {
    const waits = OF_CELLS.has(one.check)
      ? cells.has(one.object)
      : one.check === 'control-totals' && totals.has(one.object);
    return waits ? { ...one, graceMs } : one;
  });
}

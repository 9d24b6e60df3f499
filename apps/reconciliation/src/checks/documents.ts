import { compare } from '@tieout/canonical';
import { difference } from './difference.ts';
import type { Check, Difference } from './difference.ts';

/** What both sides say about a posted document; amounts are canonical decimal text. */
export interface Document {
  /** Canonical id. */
  readonly id: string;
  readonly number: string;
  readonly legalEntityId: string;
  readonly customerId: string | null;
  readonly currency: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** Gross of an invoice, amount of a payment. */
  readonly amount: string;
  /** Open of an invoice, unapplied of a payment. */
  readonly rest: string;
  /** Instant with zone, null when the side does not say. */
  readonly changedAt: string | null;
}

export type DocumentType = 'invoice' | 'payment';

const CHECK_OF: Readonly<Record<DocumentType, Check>> = {
  invoice: 'invoices-erp-topic',
  payment: 'payments-erp-topic',
};
const REST_KIND: Readonly<Record<DocumentType, string>> = { invoice: 'open', payment: 'unapplied' };

/** Item by item: what the ERP holds = what the topic says. Both lists hold posted documents only, each id once. */
export function compareDocuments(
  type: DocumentType,
  erp: readonly Document[],
  topic: readonly Document[],
): readonly Difference[] {
  const theirs = new Map(erp.map((document) => [document.id, document]));
  const ours = new Map(topic.map((document) => [document.id, document]));
  return [
    ...erp.flatMap((document) => compareOne(type, document, ours.get(document.id))),
    ...topic.filter(({ id }) => !theirs.has(id)).map((document) => absent(type, 'extra', document)),
  ];
}

function compareOne(type: DocumentType, erp: Document, topic: Document | undefined): readonly Difference[] {
  if (topic === undefined) return [absent(type, 'missing', erp)];
  const fields: readonly [kind: string, expected: string, actual: string][] = [
    ['currency', erp.currency, topic.currency],
    ['amount', erp.amount, topic.amount],
    [REST_KIND[type], erp.rest, topic.rest],
    ['date', erp.date, topic.date],
    ['number', erp.number, topic.number],
    ['legal-entity', erp.legalEntityId, topic.legalEntityId],
  ];
  return fields
    .filter(([kind, expected, actual]) => !same(kind, expected, actual))
    .map(([kind, expected, actual]) =>
      difference({ ...about(type, erp), kind, expected, actual, changedAt: [erp.changedAt, topic.changedAt] }),
    );
}

const same = (kind: string, expected: string, actual: string): boolean =>
  ['amount', 'open', 'unapplied'].includes(kind) ? compare(expected, actual) === 0 : expected === actual;

/** A document that one side lacks: its amount stands on the side that has it. */
function absent(type: DocumentType, kind: 'missing' | 'extra', document: Document): Difference {
  const [expected, actual] = kind === 'missing' ? [document.amount, null] : [null, document.amount];
  return difference({ ...about(type, document), kind, expected, actual, changedAt: [document.changedAt] });
}

const about = (type: DocumentType, { id, number, date, legalEntityId, customerId, currency }: Document) => ({
  check: CHECK_OF[type],
  objectType: type,
  object: id,
  legalEntityId,
  customerId,
  currency,
  evidence: { number, date },
});

import { compare } from '@tieout/canonical';
import { difference } from './difference.ts';
import type { BuiltInCheck, Difference } from './difference.ts';

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
  /** Gross of an invoice, an order or a credit memo, amount of a payment. */
  readonly amount: string;
  /** Open of an invoice, unapplied of a payment or a credit memo, unbilled net of an order. */
  readonly rest: string;
  /** Instant with zone, null when the side does not say. */
  readonly changedAt: string | null;
}

/** A document as the ERP holds it. */
export interface ErpDocument extends Document {
  /** Id in the ERP itself. */
  readonly vendorId: string;
  /** Id of the ERP's own customer record, in the ERP itself and ... */
  readonly vendorCustomerId: string | null;
  /** ... canonical; null when the raw row names none. */
  readonly customerAccountId: string | null;
  /** Code of the legal entity, null where the raw row does not name it. */
  readonly legalEntity: string | null;
}

/** A document that stems from a contract, or does not. */
export interface ContractDocument extends Document {
  readonly contractId: string | null;
}

interface DocumentTypes {
  readonly invoice: Document;
  readonly payment: Document;
  readonly order: ContractDocument;
  readonly 'credit-memo': ContractDocument;
}
export type DocumentType = keyof DocumentTypes;

/** The check that compares documents of a type. */
export const DOCUMENT_CHECKS: Readonly<Record<DocumentType, BuiltInCheck>> = {
  invoice: 'invoices-erp-topic',
  payment: 'payments-erp-topic',
  order: 'orders-erp-topic',
  'credit-memo': 'credit-memos-erp-topic',
};
const REST_KIND: Readonly<Record<DocumentType, string>> = {
  invoice: 'open',
  payment: 'unapplied',
  order: 'unbilled',
  'credit-memo': 'unapplied',
};

/** Item by item: what the ERP holds = what the topic says. Both lists hold posted documents only, each id once. */
export function compareDocuments<T extends DocumentType>(
  type: T,
  erp: readonly DocumentTypes[T][],
  topic: readonly DocumentTypes[T][],
): readonly Difference[] {
  const theirs = new Set(erp.map(({ id }) => id));
  const ours = new Map(topic.map((document) => [document.id, document]));
  return [
    ...erp.flatMap((document) => compareOne(type, document, ours.get(document.id))),
    ...topic.filter(({ id }) => !theirs.has(id)).map((document) => absent(type, 'extra', document)),
  ];
}

type Stated = Document & Partial<ContractDocument>;
type Field = readonly [kind: string, expected: string | null, actual: string | null];

function compareOne(type: DocumentType, erp: Stated, topic: Stated | undefined): readonly Difference[] {
  if (topic === undefined) return [absent(type, 'missing', erp)];
  // Amounts of two currencies cannot be compared: the currency is what is wrong.
  const amounts: readonly Field[] =
    erp.currency === topic.currency
      ? [
          ['amount', erp.amount, topic.amount],
          [REST_KIND[type], erp.rest, topic.rest],
        ]
      : [['currency', erp.currency, topic.currency]];
  const fields: readonly Field[] = [
    ...amounts,
    ['date', erp.date, topic.date],
    ['number', erp.number, topic.number],
    ['legal-entity', erp.legalEntityId, topic.legalEntityId],
    ...contractOf(type, erp, topic),
  ];
  return fields
    .filter(([kind, expected, actual]) => !same(kind, expected, actual))
    .map(([kind, expected, actual]) =>
      difference({ ...about(type, erp), kind, expected, actual, changedAt: [erp.changedAt, topic.changedAt] }),
    );
}

/**
 * What a document says of its contract. A text that is no id of ours names no contract on the topic; and a credit memo that says
 * nothing itself may have there the contract of the invoice that it was made from.
 */
function contractOf(
  type: DocumentType,
  erp: Stated,
  topic: Stated,
): readonly ['contract', string | null, string | null][] {
  const stated = erp.contractId ?? null;
  if (type === 'credit-memo' && stated === null) return [];
  return [['contract', stated !== null && OUR_ID.test(stated) ? stated : null, topic.contractId ?? null]];
}

const OUR_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const AMOUNTS = new Set(['amount', 'open', 'unapplied', 'unbilled']);

const same = (kind: string, expected: string | null, actual: string | null): boolean =>
  AMOUNTS.has(kind) ? compare(expected ?? '0', actual ?? '0') === 0 : expected === actual;

/** A document that one side lacks: its amount stands on the side that has it. */
function absent(type: DocumentType, kind: 'missing' | 'extra', document: Document): Difference {
  const [expected, actual] = kind === 'missing' ? [document.amount, null] : [null, document.amount];
  return difference({ ...about(type, document), kind, expected, actual, changedAt: [document.changedAt] });
}

const about = (type: DocumentType, { id, number, date, legalEntityId, customerId, currency }: Document) => ({
  check: DOCUMENT_CHECKS[type],
  objectType: type,
  object: id,
  legalEntityId,
  customerId,
  currency,
  evidence: { number, date },
});

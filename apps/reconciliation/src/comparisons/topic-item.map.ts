import type { CreditMemo, Invoice, Order, Payment } from '@tieout/canonical';
import type { Item } from '@tieout/matching';
import type { SideSource, TopicObject } from './comparison.ts';

interface Records {
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly order: Order;
  readonly 'credit-memo': CreditMemo;
}
type Document = Records[TopicObject];

/** States in which a record counts: void, deleted and cancelled documents are no items. */
const STANDING: Readonly<Record<TopicObject, ReadonlySet<string>>> = {
  payment: new Set(['POSTED']),
  invoice: new Set(['OPEN', 'PAID']),
  order: new Set(['PENDING', 'OPEN', 'BILLED', 'CLOSED']),
  'credit-memo': new Set(['OPEN', 'APPLIED']),
};

/**
 * The item of a record of a topic, null when the record does not stand. `customerName` is the counterparty: who pays says a name,
 * not our id.
 */
export function topicItem<T extends TopicObject>(
  object: T,
  record: Records[T],
  customerName: string | null,
): Item | null {
  if (!STANDING[object].has(record.lifecycle)) return null;
  const { number, currency, legalEntityId, customerId, source } = record;
  return {
    ...amountOf(object, record),
    currency,
    reference: number,
    counterparty: customerName ?? customerId,
    legalEntity: legalEntityId,
    reverses: 'reversalOf' in record ? record.reversalOf : null,
    changedAt: source.changedAt,
    fields: textFields({
      customerId,
      instance: source.instance,
      vendorId: source.id,
      ...detailsOf(object, record),
    }),
  };
}

function amountOf(object: TopicObject, record: Document): Pick<Item, 'id' | 'amount' | 'date' | 'text'> {
  if (object === 'payment') {
    const { paymentId: id, amount, paymentDate: date, method: text } = record as Payment;
    return { id, amount, date, text };
  }
  const { gross: amount } = record as Exclude<Document, Payment>;
  if (object === 'order')
    return { id: (record as Order).orderId, amount, date: (record as Order).orderDate, text: null };
  const { issueDate: date } = record as Invoice | CreditMemo;
  const id = object === 'invoice' ? (record as Invoice).invoiceId : (record as CreditMemo).creditMemoId;
  return { id, amount, date, text: null };
}

function detailsOf(object: TopicObject, record: Document): Record<string, string | null> {
  switch (object) {
    case 'payment':
      return { unapplied: (record as Payment).unapplied };
    case 'invoice': {
      const { open, contractId, dueDate } = record as Invoice;
      return { open, contractId, dueDate };
    }
    case 'order': {
      const { net, unbilledNet, contractId } = record as Order;
      return { net, unbilledNet, contractId };
    }
    case 'credit-memo': {
      const { unapplied, contractId } = record as CreditMemo;
      return { unapplied, contractId };
    }
  }
}

const textFields = (values: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );

/** The item of a side's record, null when it is none: gone, not standing, or of an instance that the side does not take. */
export function itemOfRecord(
  { object, instances }: Extract<SideSource, { kind: 'topic' }>,
  { value }: { readonly value: Document | null },
  names: ReadonlyMap<string, string>,
): Item | null {
  if (value === null || (instances !== null && !instances.includes(value.source.instance))) return null;
  return topicItem(object, value as never, names.get(value.customerId ?? '') ?? null);
}

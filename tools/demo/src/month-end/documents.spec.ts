import { describe, expect, it } from 'vitest';
import { booksOf, creditMemoStates, invoiceStates, orderStates, paymentStates, type Books } from './books.ts';
import { documentBreaks, type DocumentTopics, type TopicDocuments } from './documents.ts';
import { generateScenario } from './generate.ts';
import { createIds, type Entity } from './ids.ts';

const books = booksOf(generateScenario({ seed: 5, customers: 16 }));
const ids = createIds();
const documents = {
  order: orderStates(books),
  invoice: invoiceStates(books),
  payment: paymentStates(books),
  'credit-memo': creditMemoStates(books),
};
for (const [entity, states] of Object.entries(documents))
  states.forEach(({ key }, n) => ids.note(entity as Entity, key, String(n + 1)));

function topic(
  entity: keyof typeof documents,
  change: (state: object, index: number) => object | null = (state) => state,
): TopicDocuments {
  const entries = documents[entity].flatMap((state, index) => {
    const changed = change(state, index);
    return changed === null ? [] : [[ids.canonical(entity, state.key), changed as Record<string, unknown>] as const];
  });
  return new Map(entries);
}
const topics = (changed: Partial<DocumentTopics> = {}): DocumentTopics => ({
  orders: topic('order'),
  invoices: topic('invoice'),
  payments: topic('payment'),
  creditMemos: topic('credit-memo'),
  ...changed,
});

describe('documents on the topics', () => {
  it('that say what was entered are no difference, however amounts are written', () => {
    expect(documentBreaks(books, ids, topics())).toEqual([]);
    const longer = topic('invoice', (state) => ({
      ...state,
      open: `${(state as { open: string }).open}${/\./.test((state as { open: string }).open) ? '0' : '.00'}`,
    }));
    expect(documentBreaks(books, ids, topics({ invoices: longer }))).toEqual([]);
  });

  it('that are missing, that nobody entered, or that say something else are named with what they say', () => {
    const [first] = documents.invoice;
    const invoices = topic('invoice', (state, index) =>
      index === 0 ? { ...state, open: '0.01', lifecycle: 'PENDING' } : state,
    );
    expect(documentBreaks(books, ids, topics({ invoices }))).toEqual([
      {
        check: 'ground-truth',
        kind: 'invoice-lifecycle',
        object: first!.key,
        expected: first!.lifecycle,
        actual: 'PENDING',
      },
      { check: 'ground-truth', kind: 'invoice-open', object: first!.key, expected: first!.open, actual: '0.01' },
    ]);
    const payments = new Map([...topic('payment', (state, index) => (index === 0 ? null : state)), ['stranger', {}]]);
    expect(documentBreaks(books, ids, topics({ payments })).map(({ kind, object }) => [kind, object])).toEqual([
      ['payment-missing', documents.payment[0]!.key],
      ['payment-extra', 'stranger'],
    ]);
  });

  it('of what was deleted may keep the figures that they had', () => {
    const key = documents.order[0]!.key;
    const deleted: Books = {
      ...books,
      orders: books.orders.map((order) => (order.key === key ? { ...order, deleted: true } : order)),
    };
    expect(documentBreaks(deleted, ids, topics()).map(({ kind }) => kind)).toEqual(['order-lifecycle']);
    const orders = topic('order', (state, index) =>
      index === 0 ? { ...state, lifecycle: 'DELETED', net: '0' } : state,
    );
    expect(documentBreaks(deleted, ids, topics({ orders }))).toEqual([]);
  });
});

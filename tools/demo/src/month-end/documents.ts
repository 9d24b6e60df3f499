import { compare, isDecimal } from '@tieout/canonical';
import type { ReportedBreak } from '../report.ts';
import { creditMemoStates, invoiceStates, orderStates, paymentStates, type Books } from './books.ts';
import type { Entity, LoadedIds } from './ids.ts';

/** A document on its topic, whatever its schema; keys are canonical ids. */
export type TopicDocuments = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface DocumentTopics {
  readonly orders: TopicDocuments;
  readonly invoices: TopicDocuments;
  readonly payments: TopicDocuments;
  readonly creditMemos: TopicDocuments;
}

/** Document by document: what the topics say is what was entered, and they have no other. */
export function documentBreaks(books: Books, ids: LoadedIds, topics: DocumentTopics): ReportedBreak[] {
  return [
    ...compareAll('order', orderStates(books), topics.orders, ids),
    ...compareAll('invoice', invoiceStates(books), topics.invoices, ids),
    ...compareAll('payment', paymentStates(books), topics.payments, ids),
    ...compareAll('credit-memo', creditMemoStates(books), topics.creditMemos, ids),
  ];
}

const CHECK = 'ground-truth';

function compareAll(
  entity: Entity,
  states: readonly { readonly key: string }[],
  topic: TopicDocuments,
  ids: LoadedIds,
): ReportedBreak[] {
  const known = new Set(states.map(({ key }) => ids.canonical(entity, key)));
  const strangers = [...topic.keys()].filter((id) => !known.has(id));
  return [
    ...states.flatMap((state) => compareOne(entity, state, topic.get(ids.canonical(entity, state.key)))),
    ...strangers.map((id) => ({ check: CHECK, kind: `${entity}-extra`, object: id, expected: null, actual: 'there' })),
  ];
}

function compareOne(
  entity: Entity,
  state: { readonly key: string },
  actual: Readonly<Record<string, unknown>> | undefined,
): ReportedBreak[] {
  const object = state.key;
  if (actual === undefined)
    return [{ check: CHECK, kind: `${entity}-missing`, object, expected: 'there', actual: null }];
  const { key: _, ...fields } = state as Readonly<Record<string, string>>;
  // What is deleted keeps the figures that it had.
  const told = fields['lifecycle'] === 'DELETED' ? ['lifecycle'] : Object.keys(fields);
  return told.flatMap((field) => {
    const [expected, found] = [String(fields[field]), String(actual[field])];
    return same(expected, found) ? [] : [{ check: CHECK, kind: `${entity}-${field}`, object, expected, actual: found }];
  });
}

const same = (a: string, b: string): boolean => (isDecimal(a) && isDecimal(b) ? compare(a, b) === 0 : a === b);

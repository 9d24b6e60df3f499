import { joinKey, TOPIC_NAMES, type StateTopicName, type TopicName } from '@tieout/canonical';
import type { Environment } from '../environment.ts';
import type { Figure } from '../figures.ts';
import { latest, readRecords, topicFigures, type TopicRecords } from '../stations.client.ts';
import type { DocumentTopics, TopicDocuments } from './documents.ts';
import type { FlowCount } from './report-shape.ts';

/** What the topics hold: documents and forecast in their latest revision, figures over them, and counts. */
export interface TopicView {
  readonly documents: DocumentTopics;
  readonly figures: readonly Figure[];
  /** version|entity|line item|month|currency to amount, of versions whose header agrees with its cells. */
  readonly forecast: ReadonlyMap<string, string>;
  readonly flow: readonly FlowCount[];
}

type Read = ReadonlyMap<TopicName, TopicRecords>;

/** Reads every topic as a subscriber with read_committed. */
export async function readView(
  { kafka, codec }: Pick<Environment, 'kafka' | 'codec'>,
  expectedKeys: ReadonlyMap<string, number>,
): Promise<TopicView> {
  const read: Read = await readRecords(kafka, TOPIC_NAMES);
  const values = <T extends StateTopicName>(topic: T): ReturnType<typeof latest<T>> =>
    latest(codec, topic, read.get(topic)?.values ?? []);
  const [invoices, payments] = [await values('finance.invoice.v1'), await values('finance.payment.v1')];
  const documents = {
    orders: byId(await values('finance.order.v1'), ({ orderId }) => orderId),
    invoices: byId(invoices, ({ invoiceId }) => invoiceId),
    payments: byId(payments, ({ paymentId }) => paymentId),
    creditMemos: byId(await values('finance.credit-memo.v1'), ({ creditMemoId }) => creditMemoId),
  };
  const versions = new Map(
    (await values('finance.forecast-version.v1')).map((version) => [version.versionId, version]),
  );
  const cells = (await values('finance.forecast.v1')).filter(
    ({ versionId, versionRevision, lifecycle }) =>
      lifecycle === 'ACTIVE' && versions.get(versionId)?.revision === versionRevision,
  );
  return {
    documents,
    figures: topicFigures(invoices, payments, await values('finance.legal-entity.v1')),
    forecast: new Map(
      cells.map(({ versionId, legalEntity, lineItem, period, currency, amount }) => [
        joinKey([versions.get(versionId)?.name ?? versionId, legalEntity, lineItem, period, currency]),
        amount,
      ]),
    ),
    flow: TOPIC_NAMES.map((topic) => {
      const { records, keys } = read.get(topic) ?? { records: 0, keys: 0 };
      return { topic, records, keys, expectedKeys: expectedKeys.get(topic) ?? null };
    }),
  };
}

function byId<T extends object>(values: readonly T[], idOf: (value: T) => string): TopicDocuments {
  return new Map(values.map((value) => [idOf(value), value as Readonly<Record<string, unknown>>]));
}

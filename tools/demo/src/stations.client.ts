import {
  isZero,
  parseDecimal,
  periodOf,
  TOPIC_NAMES,
  TOPICS,
  type StateTopicName,
  type TopicName,
  type ValueOf,
} from '@tieout/canonical';
import type { AnaplanClient } from '@tieout/connector-anaplan';
import type { NetSuiteClient } from '@tieout/connector-netsuite';
import { readTopic, wholeTopic, type Codec } from '@tieout/messaging';
import type { Kafka } from 'kafkajs';
import { sumFigures, type Contribution, type Figure } from './figures.ts';

/** What NetSuite itself says: counts and sums that it computes over its documents. */
export async function erpFigures(client: NetSuiteClient): Promise<Figure[]> {
  const names = new Map((await client.subsidiaries()).map(({ id, name }) => [id, name]));
  const place = ({ subsidiary, period, currency }: { subsidiary: string; period: string; currency: string }) => ({
    country: names.get(subsidiary) ?? subsidiary,
    month: period,
    currency,
  });
  const invoices = (await client.totals('invoice')).map((row): Contribution => ({
    ...place(row),
    invoices: Number(row.count),
    invoiced: row.total,
    open: row.open,
  }));
  const payments = (await client.totals('payment')).map((row): Contribution => ({ ...place(row), paid: row.total }));
  return sumFigures([...invoices, ...payments]);
}

/** What the planning model holds, by the view that planners use. */
export async function planningFigures(client: AnaplanClient): Promise<Figure[]> {
  const cells: Contribution[] = [];
  for await (const page of client.readCells())
    for (const { legalEntity, currency, month, invoices, invoiced, paid, open } of page) {
      const amount = (text: string): string => (text === '' ? '0' : parseDecimal(text));
      cells.push({
        country: legalEntity,
        month,
        currency,
        invoices: Number(amount(invoices)),
        invoiced: amount(invoiced),
        paid: amount(paid),
        open: amount(open),
      });
    }
  return sumFigures(cells);
}

/** A topic from the first to the last committed record. */
export interface TopicRecords {
  readonly records: number;
  /** Distinct keys. */
  readonly keys: number;
  readonly values: readonly Buffer[];
}

/** Readers at a time: each is a consumer of its own. */
const READERS = 5;

export async function readRecords<T extends TopicName>(
  kafka: Kafka,
  topics: readonly T[],
): Promise<ReadonlyMap<T, TopicRecords>> {
  const read = new Map<T, TopicRecords>();
  const queue = [...topics];
  const reader = async (): Promise<void> => {
    for (let topic = queue.shift(); topic !== undefined; topic = queue.shift()) {
      const values: Buffer[] = [];
      const keys = new Set<string>();
      let records = 0;
      await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
        records += 1;
        keys.add(key?.toString() ?? '');
        if (value !== null) values.push(value);
      });
      read.set(topic, { records, keys: keys.size, values });
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return read;
}

export interface TopicReading {
  readonly figures: readonly Figure[];
  /** Records per topic. */
  readonly counts: Readonly<Record<string, number>>;
}

export async function readTopics(kafka: Kafka, codec: Codec): Promise<TopicReading> {
  const read = await readRecords(kafka, TOPIC_NAMES);
  const values = (topic: TopicName): readonly Buffer[] => read.get(topic)?.values ?? [];
  const figures = topicFigures(
    await latest(codec, 'finance.invoice.v1', values('finance.invoice.v1')),
    await latest(codec, 'finance.payment.v1', values('finance.payment.v1')),
    await latest(codec, 'finance.legal-entity.v1', values('finance.legal-entity.v1')),
  );
  return { figures, counts: Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, read.get(topic)?.records ?? 0])) };
}

/** The record with the highest revision of each key. */
export async function latest<T extends StateTopicName>(
  codec: Codec,
  topic: T,
  values: readonly Buffer[],
): Promise<ValueOf<T>[]> {
  const byKey = new Map<string, ValueOf<T>>();
  for (const bytes of values) {
    const value = await codec.decode(topic, bytes);
    const { revision, [TOPICS[topic].key]: key } = value as unknown as Record<string, unknown> & { revision: bigint };
    const known = byKey.get(String(key)) as { revision: bigint } | undefined;
    if (known === undefined || known.revision < revision) byKey.set(String(key), value);
  }
  return [...byKey.values()];
}

/** What the topics say, summed up as every station sums up. */
export function topicFigures(
  invoices: readonly ValueOf<'finance.invoice.v1'>[],
  payments: readonly ValueOf<'finance.payment.v1'>[],
  entities: readonly ValueOf<'finance.legal-entity.v1'>[],
): Figure[] {
  const codes = new Map(entities.map(({ legalEntityId, code }) => [legalEntityId, code]));
  const country = (id: string): string => codes.get(id) ?? id;
  const issued = invoices
    .filter(({ lifecycle }) => lifecycle === 'OPEN' || lifecycle === 'PAID')
    .map((invoice): Contribution => ({
      country: country(invoice.legalEntityId),
      month: periodOf(invoice.issueDate),
      currency: invoice.currency,
      invoices: 1,
      invoiced: invoice.gross,
      open: invoice.open,
    }));
  const received = payments
    .filter(({ lifecycle, amount }) => lifecycle === 'POSTED' && !isZero(amount))
    .map((payment): Contribution => ({
      country: country(payment.legalEntityId),
      month: periodOf(payment.paymentDate),
      currency: payment.currency,
      paid: payment.amount,
    }));
  return sumFigures([...issued, ...received]);
}

/** External ids of the customers that NetSuite has. */
export async function erpCustomers(client: NetSuiteClient): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let after: { at: string; id: string } | null = { at: '1970-01-02 00:00:00', id: '0' }; after !== null;) {
    const page = await client.changedCustomers(after);
    for (const { externalid } of page.rows) if (externalid !== undefined) ids.add(externalid);
    after = page.next;
  }
  return ids;
}

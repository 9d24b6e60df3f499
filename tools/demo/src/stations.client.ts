import {
  isZero,
  parseDecimal,
  periodOf,
  TOPIC_NAMES,
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

/** All topics from the first to the last committed record. */
export interface TopicReading {
  readonly figures: readonly Figure[];
  readonly counts: Readonly<Record<string, number>>;
}

const FIGURE_TOPICS = ['finance.invoice.v1', 'finance.payment.v1', 'finance.legal-entity.v1'] as const;
/** Readers at a time: each is a consumer of its own. */
const READERS = 5;

export async function readTopics(kafka: Kafka, codec: Codec): Promise<TopicReading> {
  const values = new Map<TopicName, Buffer[]>();
  const counts: Record<string, number> = {};
  const queue = [...TOPIC_NAMES];
  const reader = async (): Promise<void> => {
    for (let topic = queue.shift(); topic !== undefined; topic = queue.shift()) {
      const name = topic;
      const bytes: Buffer[] = [];
      values.set(name, bytes);
      counts[name] = 0;
      await readTopic(kafka, name, await wholeTopic(kafka, name), ({ value }) => {
        counts[name] = (counts[name] ?? 0) + 1;
        if (value !== null) bytes.push(value);
      });
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  const [invoices, payments, entities] = await Promise.all(
    FIGURE_TOPICS.map((topic) => latest(codec, topic, values.get(topic) ?? [])),
  );
  const figures = topicFigures(
    invoices as ValueOf<'finance.invoice.v1'>[],
    payments as ValueOf<'finance.payment.v1'>[],
    entities as ValueOf<'finance.legal-entity.v1'>[],
  );
  return { figures, counts: Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, counts[topic] ?? 0])) };
}

const KEY_FIELDS = {
  'finance.invoice.v1': 'invoiceId',
  'finance.payment.v1': 'paymentId',
  'finance.legal-entity.v1': 'legalEntityId',
} as const;

/** The record with the highest revision of each key. */
async function latest<T extends (typeof FIGURE_TOPICS)[number] & StateTopicName>(
  codec: Codec,
  topic: T,
  bytes: readonly Buffer[],
): Promise<ValueOf<T>[]> {
  const byKey = new Map<string, ValueOf<T>>();
  for (const one of bytes) {
    const value = await codec.decode(topic, one);
    const { revision, [KEY_FIELDS[topic]]: key } = value as unknown as Record<string, unknown> & { revision: bigint };
    const known = byKey.get(String(key)) as { revision: bigint } | undefined;
    if (known === undefined || known.revision < revision) byKey.set(String(key), value);
  }
  return [...byKey.values()];
}

function topicFigures(
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

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sum } from '@tieout/canonical';
import type { Snapshot, SnapshotRequest, TopicName, ValueOf } from '@tieout/canonical';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, readTopic, toHeaders, wholeTopic } from '@tieout/messaging';
import { idempotentProducer, readable, stack } from '@tieout/testing';
import { pino } from 'pino';

export interface Bus {
  readonly bundle: string;
  send<T extends TopicName>(topic: T, records: readonly { key: string; value: ValueOf<T> }[]): Promise<void>;
  /** Every committed value of the topic that the filter takes, in order. */
  read<T extends TopicName>(topic: T, filter: (value: ValueOf<T>) => boolean): Promise<ValueOf<T>[]>;
  /** Plays an adapter: the items of the rows, then the header. */
  answer(request: SnapshotRequest, rows: readonly Record<string, string>[], over?: Partial<Snapshot>): Promise<void>;
  /** Where the partitions of a topic end now. */
  ends(topic: TopicName): Promise<string[]>;
  close(): Promise<void>;
}

/** The topics as other services see them. */
export async function openBus(): Promise<Bus> {
  const kafka = createKafka(
    { brokers: [...stack().brokers], clientId: 'reconciliation-test' },
    pino({ level: 'silent' }),
  );
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'reconciliation-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  const codec = createCodec({ bundle: readBundle(bundle), registry: null });
  const producer = idempotentProducer(kafka);
  await producer.connect();

  const send: Bus['send'] = async (topic, records) => {
    const messages = records.map(({ key, value }) => {
      const [id, time] = [randomUUID(), new Date().toISOString()];
      const meta = { id, source: '/test', type: topic, time, correlationId: id, causationId: null, traceparent: null };
      return { key, value: codec.encode(topic, value), headers: toHeaders(meta, key) };
    });
    await producer.send({ topic, acks: -1, messages });
  };
  return {
    bundle,
    send,
    async read(topic, filter) {
      const raw: Buffer[] = [];
      await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ value }) => value && raw.push(value));
      const values = await readable(codec, topic, raw);
      return values.filter(filter);
    },
    async answer(request, rows, over = {}) {
      const { snapshotId, requestedAt: _requestedAt, ...asked } = request;
      const items = rows.map(({ id, Id, ...fields }, index) => ({
        key: snapshotId,
        value: { snapshotId, index: BigInt(index), itemId: id ?? Id ?? '', fields: { ...fields } },
      }));
      await send('finance.snapshot-item.v1', items);
      const header = {
        complete: true,
        takenAt: new Date().toISOString(),
        count: BigInt(rows.length),
        sums: sumsOf(request.object, rows),
        error: null,
      };
      await send('finance.snapshot.v1', [{ key: snapshotId, value: { snapshotId, ...asked, ...header, ...over } }]);
    },
    async ends(topic) {
      const ranges = await wholeTopic(kafka, topic);
      return ranges.toSorted((a, b) => a.partition - b.partition).map(({ to }) => String(to));
    },
    close: () => producer.disconnect(),
  };
}

/** Columns that an adapter sums up, by the name of the sum; forecasts are summed up by what is planned. */
const SUMMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'contract-line': { net: 'Net_Amount__c' },
  order: { net: 'net', unbilled: 'unbillednet' },
  invoice: { gross: 'foreigntotal' },
  'invoice-line': { net: 'net' },
  'credit-memo': { amount: 'foreigntotal', unapplied: 'foreignpaymentamountunused' },
};

function sumsOf(object: string, rows: readonly Record<string, string>[]): Snapshot['sums'] {
  const amounts = rows.flatMap((row) => {
    const currency = row['currency'] ?? row['CurrencyIsoCode'] ?? '';
    const columns = object === 'forecast' ? { [row['lineItem'] ?? '']: 'amount' } : (SUMMED[object] ?? {});
    return Object.entries(columns).map(([name, column]) => ({ name, currency, amount: row[column] ?? '0' }));
  });
  const groups = Map.groupBy(amounts, ({ name, currency }) => `${name}|${currency}`);
  return [...groups.values()].map((same) => ({ ...same[0]!, amount: sum(same.map(({ amount }) => amount)) }));
}

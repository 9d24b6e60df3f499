import { createHash } from 'node:crypto';
import { TOPIC_SCHEMAS, type CustomerAccount } from '@tieout/canonical';
import { createCodec, registerSchema, schemaFingerprint, toHeaders, type Codec } from '@tieout/messaging';
import type { Message } from 'kafkajs';

/** The topic whose record every subject moves: flat but for its source, two decimals, about 300 bytes of Avro. */
export const TOPIC = 'finance.customer-account.v1';

/** Table that every consuming subject fills; names in lower case, which is what an unquoted statement of any of them means. */
export const COLUMNS = {
  customerAccountId: 'text',
  revision: 'bigint',
  lifecycle: 'text',
  customerId: 'text',
  instance: 'text',
  number: 'text',
  name: 'text',
  taxId: 'text',
  legalEntityId: 'text',
  currency: 'text',
  paymentTerms: 'text',
  creditLimit: 'numeric(19,4)',
  balance: 'numeric(19,4)',
  blocked: 'boolean',
} as const satisfies Partial<Record<keyof CustomerAccount, string>>;
export type Column = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly Column[];

export const CREATE_TABLE = `CREATE TABLE account (${COLUMN_NAMES.map(
  (name) => `${name.toLowerCase()} ${COLUMNS[name]} ${name === 'customerAccountId' ? 'PRIMARY KEY' : ''}`,
).join(', ')}, written_at timestamptz DEFAULT clock_timestamp())`;

/** Ids spread over the index as real ones (UUIDv5) do. */
export function idOf(index: number): string {
  const hex = createHash('md5').update(String(index)).digest('hex');
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, '$1-$2-5$3-8$4-$5');
}

export function recordOf(index: number): CustomerAccount {
  return {
    customerAccountId: idOf(index),
    revision: 1n,
    lifecycle: 'ACTIVE',
    customerId: idOf(index + 500_000_000),
    instance: 'main',
    number: `9117-${index}`,
    name: `Manufacture de précision n° ${index}, succursale Zürich`,
    taxId: 'CHE-123.456.788 MWST',
    legalEntityId: '33951227-d145-53a3-934b-d5a872284151',
    currency: 'CHF',
    paymentTerms: 'Net 30',
    creditLimit: `${50_000 + (index % 1_000)}.5`,
    balance: `${index % 100_000}.${String(index % 10_000).padStart(4, '0')}`,
    blocked: false,
    source: {
      system: 'netsuite',
      instance: 'main',
      entity: 'customer',
      id: String(index),
      version: null,
      changedAt: '2026-03-31T16:04:59.000Z',
    },
  };
}

/** The event as our own relay publishes it: CloudEvents headers, key and Avro value. */
export function messageOf(codec: Codec, index: number, partitions: number): Message & { readonly partition: number } {
  const key = idOf(index);
  return {
    key,
    value: codec.encode(TOPIC, recordOf(index)),
    headers: headersOf(index),
    partition: index % partitions,
  };
}

export function headersOf(index: number): Record<string, string> {
  const id = idOf(index + 1_000_000_000);
  const meta = { id, source: '/tieout/bench', type: TOPIC, time: '2026-03-31T16:04:59.000Z' };
  return toHeaders({ ...meta, correlationId: id, causationId: null, traceparent: null }, idOf(index));
}

/** Registers the record's schema, as the converter of Kafka Connect asks the registry for it. @returns its id */
export function registerRecord(registryUrl: string): Promise<number> {
  return registerSchema({ url: registryUrl }, `${TOPIC}-value`, TOPIC_SCHEMAS[TOPIC]);
}

/** Only the record's schema has an id of the registry; the codec wants one for every topic of the contracts. */
export function benchCodec(schemaId: number): Codec {
  const schemas = Object.entries(TOPIC_SCHEMAS).map(([topic, schema], n) => ({
    topic,
    version: 1,
    id: topic === TOPIC ? schemaId : 1_000_000 + n,
    fingerprint: schemaFingerprint(schema),
    schema,
  }));
  return createCodec({ bundle: { schemas }, registry: null });
}

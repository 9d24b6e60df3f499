import { isComplex, isDecimal, isUnion, walkSchema } from './avro-schema.ts';
import type { AvroEnum, AvroRecord, AvroSchema } from './avro-schema.ts';
import { producingServices } from './contracts.ts';
import type { TopicContract } from './contracts.ts';

const HEADER = '// Generated from schemas/ by tools/contracts. Do not edit; run `npm run generate`.\n';
const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'bigint',
  bytes: 'Buffer',
};
const LOGICAL: Readonly<Record<string, string>> = {
  decimal: 'DecimalString',
  date: 'DateString',
  'timestamp-millis': 'TimestampString',
};

/** TypeScript types of every value, one interface per record, one union per enum. */
export function generateTypes(topics: readonly TopicContract[]): string {
  return [
    HEADER,
    '/** Exact decimal number as text, e.g. `-12.3400`; never a binary floating point number. */',
    'export type DecimalString = string;',
    '/** Calendar date `YYYY-MM-DD`. */',
    'export type DateString = string;',
    '/** UTC instant with milliseconds, `2026-01-31T10:00:00.000Z`. */',
    'export type TimestampString = string;',
    '',
    ...[...namedTypes(topics).values()].map((type) => (type.type === 'enum' ? enumType(type) : interfaceType(type))),
    topicMaps(topics),
  ].join('\n');
}

/** Named types by name. The gates prove that two topics never define one name differently. */
function namedTypes(topics: readonly TopicContract[]): ReadonlyMap<string, AvroRecord | AvroEnum> {
  const found = new Map<string, AvroRecord | AvroEnum>();
  for (const topic of topics)
    for (const { schema } of walkSchema(topic.schema))
      if (isComplex(schema, 'record') || isComplex(schema, 'enum')) found.set(schema.name, schema);
  return found;
}

function enumType(type: AvroEnum): string {
  return `${comment(type.doc, '')}export type ${type.name} = ${type.symbols.map((symbol) => `'${symbol}'`).join(' | ')};\n`;
}

function interfaceType(type: AvroRecord): string {
  const fields = type.fields.map(
    (field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${tsType(field.type)};`,
  );
  return `${comment(type.doc, '')}export interface ${type.name} {\n${fields.join('\n')}\n}\n`;
}

function tsType(schema: AvroSchema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema;
  if (isUnion(schema))
    return `${schema
      .filter((branch) => branch !== 'null')
      .map(tsType)
      .join(' | ')} | null`;
  if (isDecimal(schema)) return 'DecimalString';
  if (schema.type === 'record' || schema.type === 'enum') return schema.name;
  if (schema.type === 'array') return `readonly ${tsType(schema.items)}[]`;
  if (schema.type === 'map') return `Readonly<Record<string, ${tsType(schema.values)}>>`;
  return LOGICAL[schema.logicalType ?? ''] ?? PRIMITIVES[schema.type] ?? schema.type;
}

function comment(doc: string | undefined, indent: string): string {
  return doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
}

function topicMaps(topics: readonly TopicContract[]): string {
  const map = (name: string, doc: string, kind: string | null): string =>
    `/** ${doc} */\nexport interface ${name} {\n${topics
      .filter((topic) => kind === null || topic.kind === kind)
      .map((topic) => `  readonly '${topic.name}': ${topic.schema.name};`)
      .join('\n')}\n}\n`;
  return [
    map('StateValues', 'Value type by state topic.', 'state'),
    map('FactValues', 'Value type by fact topic.', 'fact'),
    'export type StateTopicName = keyof StateValues;',
    'export type FactTopicName = keyof FactValues;',
    'export type TopicName = StateTopicName | FactTopicName;',
    '/** Value of a topic, decoded. */',
    'export type ValueOf<T extends TopicName> = (StateValues & FactValues)[T];',
    '',
  ].join('\n');
}

/** Runtime table of the topics: what consumers, relays and the topic admin need to know. */
export function generateTopicTable(topics: readonly TopicContract[]): string {
  const rows = topics.map((topic) => {
    const { name, file, kind, key, owner, producers, consumers, partitions, poison, compatibility, config } = topic;
    const row = { name, file, kind, key, owner, producers, consumers, partitions, poison, compatibility, config };
    return `  '${name}': ${JSON.stringify(row)},`;
  });
  return `${HEADER}import type { TopicName } from './types.generated.ts';

/** What a topic's contract says beside its schema; schemas/topics.yaml explains the columns. */
export interface TopicMetadata {
  readonly name: TopicName;
  /** Base name of its schema file. */
  readonly file: string;
  readonly kind: 'state' | 'fact';
  readonly key: string;
  readonly owner: string;
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
  readonly partitions: number;
  readonly poison: 'supersede' | 'park';
  readonly compatibility: string;
  /** Broker configuration without replication. */
  readonly config: Readonly<Record<string, string>>;
}

export const TOPICS: Readonly<Record<TopicName, TopicMetadata>> = {
${rows.join('\n')}
};

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

/** Fields whose change waits for a person's approval before it is written into another system, by topic. */
export const GOVERNED_FIELDS: Readonly<Partial<Record<TopicName, readonly string[]>>> = ${governedFields(topics)};

/** Services that publish; each has an outbox relay with a mark topic of its own. */
export const PRODUCING_SERVICES: readonly string[] = ${JSON.stringify(producingServices(topics))};
`;
}

function governedFields(topics: readonly TopicContract[]): string {
  const governed = topics.filter((topic) => topic.governed.length > 0).map((topic) => [topic.name, topic.governed]);
  return JSON.stringify(Object.fromEntries(governed));
}

/** The schemas themselves as JSON text, so that a service carries its reader schemas without reading files. */
export function generateSchemaTable(topics: readonly TopicContract[]): string {
  const rows = topics.map((topic) => `  '${topic.name}': ${JSON.stringify(JSON.stringify(topic.schema))},`);
  return `${HEADER}import type { TopicName } from './types.generated.ts';

/** Avro schema of each topic's value as JSON text: the reader schema of today. */
export const TOPIC_SCHEMAS: Readonly<Record<TopicName, string>> = {
${rows.join('\n')}
};
`;
}

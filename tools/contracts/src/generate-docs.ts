import { isComplex, isNullable, typeName, walkSchema, withoutNull } from './avro-schema.ts';
import type { SchemaNode } from './avro-schema.ts';
import { producingServices, sampleName } from './contracts.ts';
import type { ContractFiles, TopicContract } from './contracts.ts';

const HEADER = '<!-- Generated from schemas/ by tools/contracts. Do not edit; run `npm run generate`. -->\n';
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  crm: 'CRM',
  erp: 'ERP',
  planning: 'planning',
  tieout: 'Tieout',
};

/** Reference pages: an index and one page per topic, path relative to the repository -> Markdown. */
export function generateDocs(topics: readonly TopicContract[], files: ContractFiles): ReadonlyMap<string, string> {
  const pages = topics.map((topic) => [`docs/reference/topics/${topic.file}.md`, topicPage(topic, files)] as const);
  return new Map([['docs/reference/README.md', indexPage(topics)], ...pages]);
}

function indexPage(topics: readonly TopicContract[]): string {
  const rows = topics.map(
    (topic) =>
      `| [${topic.name}](topics/${topic.file}.md) | \`${topic.key}\` | ${topic.kind} | ${topic.producers.join(', ')} | ${topic.purpose} |`,
  );
  const marks = producingServices(topics).map((service) => `\`tieout.${service}.outbox-mark.v1\``);
  return `${HEADER}
# Topics

Values are Avro in the Confluent wire format, keys are text. Set \`isolation.level=read_committed\`: records of aborted
transactions are in the log too. A **state** topic holds the full current record per key (keep the highest \`revision\`; start
at offset 0 to get everything); a **fact** topic is append-only and deleted by age. How a schema may change:
[evolve-a-schema](../how-to/evolve-a-schema.md).

| topic | key | kind | producers | what |
|---|---|---|---|---|
${rows.join('\n')}

Headers of every record: \`ce_id\`, \`ce_source\`, \`ce_type\`, \`ce_time\`, \`ce_subject\`, \`ce_specversion\`, \`ce_correlationid\`,
\`ce_causationid\` (when there is a cause), \`traceparent\` (when traced), \`content-type: application/avro\`. The pair
(\`ce_source\`, \`ce_id\`) is the key to drop duplicates by.

Internal, not for subscribers: ${marks.join(', ')} (what each service's relay published last).
`;
}

function topicPage(topic: TopicContract, files: ContractFiles): string {
  const sample = files.get(sampleName(topic.file, topic.release)) ?? '';
  return `${HEADER}
# ${topic.name}

${topic.schema.doc ?? topic.purpose}

${factTable(topic)}

## Fields

| field | type | optional | system of record | meaning |
|---|---|---|---|---|
${fieldRows(topic).join('\n')}

${enumSection(topic)}## Sample

\`\`\`json
${sample.trim()}
\`\`\`
`;
}

function factTable(topic: TopicContract): string {
  const facts: readonly (readonly [string, string])[] = [
    ['key', topic.key === 'origin' ? "the failed record's key, else `deadLetterId`" : `\`${topic.key}\``],
    ['kind', topic.kind],
    ['owner', topic.owner],
    ['producers', topic.producers.join(', ')],
    ['our consumers', topic.consumers.join(', ') || 'none'],
    ['partitions', String(topic.partitions)],
    ['retention', retention(topic)],
    ['poison record', topic.poison === 'park' ? 'parks its key' : 'superseded by the next good revision'],
    ['compatibility', topic.compatibility],
    ['classification', topic.classification],
    ['subject', `\`${topic.name}-value\``],
    ['schema', `[${topic.file}.avsc](../../../schemas/${topic.file}.avsc), release r${topic.release}`],
  ];
  return ['| | |', '|---|---|', ...facts.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

function retention({ kind, retention: days, config }: TopicContract): string {
  if (kind === 'fact') return `${String(days)} days`;
  const inDays = (name: string): number => Number(config[name]) / 86_400_000;
  return `the newest record per key for ever, older ones at least ${inDays('min.compaction.lag.ms')} days; tombstones ${inDays('delete.retention.ms')} days`;
}

function fieldRows(topic: TopicContract): readonly string[] {
  return [...walkSchema(topic.schema)].flatMap((node) =>
    node.field === null || isInner(node) ? [] : [fieldRow(topic, node)],
  );
}

/** The walk yields a field's type and, inside a union or an array, its parts, all with the field's path. */
const isInner = ({ path, field }: SchemaNode): boolean => field === null || !path.endsWith(field.name);

function fieldRow({ ownership, governed }: TopicContract, { path, schema, field }: SchemaNode): string {
  const owner = Object.entries(ownership).find(([, fields]) => fields.includes(path))?.[0];
  const cells = [
    `\`${path}\``,
    typeName(withoutNull(schema)),
    isNullable(schema) ? 'yes' : '',
    `${SYSTEM_NAMES[owner ?? ''] ?? ''}${governed.includes(path) ? ', governed' : ''}`,
    field?.doc ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

function enumSection(topic: TopicContract): string {
  const enums = [...walkSchema(topic.schema)].flatMap(({ schema }) => (isComplex(schema, 'enum') ? [schema] : []));
  if (enums.length === 0) return '';
  const rows = enums.map(({ name, symbols }) => `- ${name}: ${symbols.map((symbol) => `\`${symbol}\``).join(', ')}`);
  return `## Symbols\n\n${rows.join('\n')}\n\nA reader whose schema is older than a symbol sees \`UNKNOWN\`.\n\n`;
}

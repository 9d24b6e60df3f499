import { renameSync, writeFileSync } from 'node:fs';
import { TOPIC_NAMES, TOPIC_SCHEMAS, TOPICS } from '@tieout/canonical';
import {
  applyTopics,
  contractTopics,
  createKafka,
  planTopics,
  registerSchema,
  schemaFingerprint,
  type DesiredTopic,
  type IdBundle,
  type RegistryConnection,
  type TopicChange,
} from '@tieout/messaging';
import { pino } from 'pino';
import type { AvroRecord } from './avro-schema.ts';
import { incompatibilities } from './compatibility.ts';
import { compatibilityOf, registeredVersions, setCompatibility, type RegisteredSchema } from './registry.client.ts';

/** Schema to have registered under a topic's value subject. */
export interface DesiredSchema {
  readonly topic: string;
  readonly schema: string;
  readonly compatibility: string;
}

export type ContractChange =
  | TopicChange
  | { readonly kind: 'set-compatibility'; readonly subject: string; readonly from: string | null; readonly to: string }
  | { readonly kind: 'register-schema'; readonly subject: string; readonly version: number };

export interface ApplyOptions {
  readonly brokers: readonly string[];
  readonly registry: RegistryConnection;
  /** Only plan. */
  readonly dryRun?: boolean;
  /** Defaults: everything that schemas/ says. */
  readonly topics?: readonly DesiredTopic[];
  readonly schemas?: readonly DesiredSchema[];
}

export interface ApplyResult {
  /** What was, or with dryRun would be, changed; empty when everything was there. */
  readonly plan: readonly ContractChange[];
  /** Ids of every registered version; null after a dry run. */
  readonly bundle: IdBundle | null;
}

/** Refused before anything was changed; each line names topic and field. */
export class IncompatibleContractError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Incompatible with what is registered:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'IncompatibleContractError';
    this.problems = problems;
  }
}

/** Nobody waits behind a deployment as a consumer does: a registry that keeps its data in a topic is slow right after its start. */
const REGISTRY_TIMEOUT_MS = 30_000;

/**
 * Brings an environment to what schemas/ says: creates topics, sets compatibility, registers schemas. Safe to repeat; the
 * whole plan is made, and refused, before the first change.
 * @throws IncompatibleContractError, MisconfiguredError (partition count), TransientError (registry does not answer)
 */
export async function applyContracts(options: ApplyOptions): Promise<ApplyResult> {
  const { schemas = contractSchemas(), topics = contractTopics() } = options;
  const registry = { timeoutMs: REGISTRY_TIMEOUT_MS, ...options.registry };
  const admin = createKafka(
    { brokers: [...options.brokers], clientId: 'tieout-contracts' },
    pino({ level: 'fatal' }),
  ).admin();
  await admin.connect();
  try {
    const topicPlan = await planTopics(admin, topics);
    const subjects = await Promise.all(schemas.map((schema) => readSubject(registry, schema)));
    const plan = [...topicPlan, ...planSubjects(subjects)];
    if (options.dryRun === true) return { plan, bundle: null };
    await applyTopics(admin, topicPlan);
    for (const subject of subjects) await applySubject(registry, subject);
    return { plan, bundle: await readBundleFrom(registry, schemas) };
  } finally {
    await admin.disconnect();
  }
}

/** Writes the id bundle whole or not at all. */
export function writeBundle(file: string, bundle: IdBundle): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(bundle, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The schemas of the contracts. */
export function contractSchemas(): readonly DesiredSchema[] {
  return TOPIC_NAMES.map((topic) => ({
    topic,
    schema: TOPIC_SCHEMAS[topic],
    compatibility: TOPICS[topic].compatibility,
  }));
}

/** TopicNameStrategy. */
export const subjectOf = (topic: string): string => `${topic}-value`;

interface Subject {
  readonly desired: DesiredSchema;
  readonly name: string;
  readonly versions: readonly RegisteredSchema[];
  readonly compatibility: string | null;
}

async function readSubject(registry: RegistryConnection, desired: DesiredSchema): Promise<Subject> {
  const name = subjectOf(desired.topic);
  return {
    desired,
    name,
    versions: await registeredVersions(registry, name),
    compatibility: await compatibilityOf(registry, name),
  };
}

/** The registry would refuse most of this too, but late, half-way, without the field's name - and it accepts another decimal scale. */
function planSubjects(subjects: readonly Subject[]): readonly ContractChange[] {
  const problems = subjects.flatMap(problemsOf);
  if (problems.length > 0) throw new IncompatibleContractError(problems);
  return subjects.flatMap(changesOf);
}

function problemsOf({ desired, versions }: Subject): readonly string[] {
  return versions.flatMap(({ version, schema }) =>
    incompatibilities(JSON.parse(schema) as AvroRecord, JSON.parse(desired.schema) as AvroRecord).map(
      ({ field, problem }) =>
        `${desired.topic}: ${field === '' ? '' : `field ${field} `}${problem} (registered version ${version})`,
    ),
  );
}

function changesOf(subject: Subject): readonly ContractChange[] {
  const { desired, name, versions, compatibility } = subject;
  const changes: ContractChange[] = [];
  if (compatibility !== desired.compatibility)
    changes.push({ kind: 'set-compatibility', subject: name, from: compatibility, to: desired.compatibility });
  if (!isRegistered(subject))
    changes.push({
      kind: 'register-schema',
      subject: name,
      version: Math.max(0, ...versions.map(({ version }) => version)) + 1,
    });
  return changes;
}

/** By fingerprint and not by text: the registry gives a new id to the same schema with another white space. */
function isRegistered({ desired, versions }: Subject): boolean {
  const fingerprint = schemaFingerprint(desired.schema);
  return versions.some(({ schema }) => schemaFingerprint(schema) === fingerprint);
}

async function applySubject(registry: RegistryConnection, subject: Subject): Promise<void> {
  const { desired, name, compatibility } = subject;
  if (compatibility !== desired.compatibility) await setCompatibility(registry, name, desired.compatibility);
  if (!isRegistered(subject)) await registerSchema(registry, name, desired.schema);
}

async function readBundleFrom(registry: RegistryConnection, schemas: readonly DesiredSchema[]): Promise<IdBundle> {
  const entries = await Promise.all(
    schemas.map(async ({ topic }) =>
      (await registeredVersions(registry, subjectOf(topic))).map(({ version, id, schema }) => ({
        topic,
        version,
        id,
        fingerprint: schemaFingerprint(schema),
        schema,
      })),
    ),
  );
  return { schemas: entries.flat().sort((a, b) => a.topic.localeCompare(b.topic) || a.version - b.version) };
}

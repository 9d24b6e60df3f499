import type { Problem } from './compatibility.ts';
import type { ContractFiles, TopicContract } from './contracts.ts';

const SYSTEMS = ['crm', 'erp', 'planning', 'tieout'];

/** The rules of topics.yaml that its shape does not say. `field` is topic.property. */
export function topicProblems(topics: readonly TopicContract[], files: ContractFiles): readonly Problem[] {
  const described = new Set(topics.map(({ file }) => `${file}.avsc`));
  const orphans = [...files.keys()].filter((name) => /^[^/]+\.avsc$/.test(name) && !described.has(name));
  return [
    ...orphans.map((name) => ({ field: name, problem: 'has no entry' })),
    ...topics.flatMap((topic) => [...entryProblems(topic)]),
  ];
}

function* entryProblems(topic: TopicContract): Generator<Problem> {
  const problem = (property: string, text: string): Problem => ({ field: `${topic.name}.${property}`, problem: text });
  const poison = topic.kind === 'state' ? 'supersede' : 'park';
  if (topic.poison !== poison) yield problem('poison', `is ${topic.poison}; on a ${topic.kind} topic it is ${poison}`);
  if (topic.kind === 'fact' && topic.retention === undefined)
    yield problem('retention', 'is missing: a fact topic is deleted by age');
  if (topic.kind === 'state' && topic.retention !== undefined)
    yield problem('retention', 'is set: a state topic is compacted, not deleted by age');
  const cleanup = topic.kind === 'state' ? 'compact' : 'delete';
  if (topic.config['cleanup.policy'] !== cleanup)
    yield problem(
      'cleanup.policy',
      `is ${String(topic.config['cleanup.policy'])}; on a ${topic.kind} topic it is ${cleanup}`,
    );
  if (topic.compatibility !== 'FULL_TRANSITIVE')
    yield problem('compatibility', `is ${topic.compatibility}; public topics are FULL_TRANSITIVE`);
}

/** Every top-level field has exactly one system of record. */
export function ownershipProblems(topics: readonly TopicContract[], listed: readonly string[]): readonly Problem[] {
  const names = new Set(topics.map(({ name }) => name));
  const strangers = listed.filter((name) => !names.has(name));
  return [
    ...strangers.map((name) => ({ field: name, problem: 'is not a topic' })),
    ...topics.flatMap((topic) => [...fieldOwners(topic)]),
  ];
}

function* fieldOwners({ name, schema, ownership, governed }: TopicContract): Generator<Problem> {
  for (const system of Object.keys(ownership))
    if (!SYSTEMS.includes(system))
      yield { field: `${name}.${system}`, problem: `is not a system of record; known are ${SYSTEMS.join(', ')}` };
  const owned = Object.values(ownership).flat();
  const fields = schema.fields.map((field) => field.name);
  for (const field of fields) {
    const owners = owned.filter((each) => each === field).length;
    if (owners !== 1)
      yield {
        field: `${name}.${field}`,
        problem: owners === 0 ? 'has no system of record' : 'has more than one system of record',
      };
  }
  // What we compute ourselves nobody can change elsewhere.
  for (const field of governed)
    if (!owned.includes(field) || ownership['tieout']?.includes(field))
      yield { field: `${name}.${field}`, problem: 'is governed and no system of record has it' };
  for (const field of owned)
    if (!fields.includes(field)) yield { field: `${name}.${field}`, problem: 'is not a field of the schema' };
}

/**
 * topics.yaml says who consumes; the services say it too, in code. `subscriptions`: service -> topics of its ConsumerSpecs;
 * a service that is not in it has no consumers yet.
 */
export function consumerProblems(
  topics: readonly TopicContract[],
  subscriptions: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Problem[] {
  return topics.flatMap(({ name, consumers }) => {
    const problem = (text: string): Problem => ({ field: `${name}.consumers`, problem: text });
    const actual = [...subscriptions].filter(([, names]) => names.has(name)).map(([service]) => service);
    const unlisted = actual.filter((service) => !consumers.includes(service));
    const idle = consumers.filter((service) => subscriptions.has(service) && !actual.includes(service));
    return [
      ...unlisted.map((service) => problem(`does not list ${service}, which subscribes to it`)),
      ...idle.map((service) => problem(`lists ${service}, which does not subscribe to it`)),
    ];
  });
}

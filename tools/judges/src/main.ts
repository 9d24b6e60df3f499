import { TOPIC_NAMES, TOPICS } from '@tieout/canonical';
import { applyContracts } from '@tieout/contracts';
import { readStackFile, startStack, type StackHandle } from '@tieout/stack';
import { deleteTopics, publishAgain, publishSamples, type Published } from './publish.ts';
import { judge, judgePython, type JudgedTopic, type TopicVerdict } from './python.ts';

/*
 * A consumer that is not ours reads every topic.
 *   (no argument)  publishes the golden samples on a local stack and compares what Python reads; then asks the judge to
 *                  refuse wrong samples and records that come twice, because a judge that cannot say no proves nothing
 *   --live         reads the contracts' own topics of the running stack (TIEOUT_STACK_FILE): every record decodes, comes
 *                  once, and in key order
 */

async function main(): Promise<void> {
  const file = process.env['TIEOUT_STACK_FILE'];
  const live = process.argv.includes('--live');
  if (live && !file) throw new Error('--live needs TIEOUT_STACK_FILE, the file that names the running stack');
  const python = await judgePython();
  const stack = file ? { ...readStackFile(file), stop: async () => undefined } : await startStack();
  try {
    const failures = live ? await readLive(python, stack) : await compareSamples(python, stack);
    failures.forEach((text) => console.error(`judge: ${text}`));
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await stack.stop();
  }
}

async function readLive(python: string, stack: StackHandle): Promise<readonly string[]> {
  const topics = TOPIC_NAMES.map((topic) => ({
    topic,
    key: TOPICS[topic].key === 'origin' ? null : TOPICS[topic].key,
    state: TOPICS[topic].kind === 'state',
    expected: null,
  }));
  const verdicts = await ask(python, stack, topics);
  verdicts.forEach(({ records }, topic) => console.log(`judge: ${topic} ${records} records`));
  return problemsOf(verdicts);
}

async function compareSamples(python: string, stack: StackHandle): Promise<readonly string[]> {
  const { bundle } = await applyContracts({ brokers: stack.brokers, registry: { url: stack.registryUrl } });
  if (bundle === null) throw new Error('No id bundle after applying the contracts');
  const published = await publishSamples(stack.brokers, bundle);
  const failures = [
    ...(await agreement(python, stack, published)),
    ...(await refusalOfWrongSamples(python, stack, published)),
    ...(await refusalOfCopies(python, stack, published)),
  ];
  const names = published.topics.map(({ topic }) => topic);
  await deleteTopics(stack.brokers, names);
  if (failures.length === 0)
    console.log(
      `judge: confluent-kafka for Python agrees with the golden samples of ${names.length} topics, and refuses a wrong sample and a copy on each`,
    );
  return failures;
}

async function agreement(python: string, stack: StackHandle, { topics }: Published): Promise<readonly string[]> {
  const verdicts = await ask(python, stack, topics);
  const counts = [...verdicts]
    .filter(([, { records }]) => records !== 1)
    .map(([topic, { records }]) => `${topic}: ${records} committed records instead of 1`);
  return [...problemsOf(verdicts), ...counts];
}

async function refusalOfWrongSamples(
  python: string,
  stack: StackHandle,
  { topics }: Published,
): Promise<readonly string[]> {
  const wrong = topics.map((each) => ({ ...each, expected: each.expected?.map(spoil) ?? null }));
  return unnoticed(await ask(python, stack, wrong), /is not expected/, 'a wrong sample');
}

async function refusalOfCopies(python: string, stack: StackHandle, published: Published): Promise<readonly string[]> {
  await publishAgain(stack.brokers, published);
  return unnoticed(await ask(python, stack, published.topics), /second copy/, 'a record that came twice');
}

function ask(
  python: string,
  { brokers, registryUrl }: StackHandle,
  topics: readonly JudgedTopic[],
): Promise<ReadonlyMap<string, TopicVerdict>> {
  return judge(python, { brokers, registry: registryUrl, topics });
}

function problemsOf(verdicts: ReadonlyMap<string, TopicVerdict>): readonly string[] {
  return [...verdicts].flatMap(([topic, { problems }]) => problems.map((problem) => `${topic}: ${problem}`));
}

function unnoticed(verdicts: ReadonlyMap<string, TopicVerdict>, finding: RegExp, what: string): readonly string[] {
  return [...verdicts]
    .filter(([, { problems }]) => !problems.some((text) => finding.test(text)))
    .map(([topic]) => `${topic}: ${what} was not noticed`);
}

/** Changes the last value in the smallest way that must be seen: an amount by its last digit, a text by a letter. */
function spoil(value: unknown): unknown {
  if (isArray(value)) return value.length === 0 ? ['spoiled'] : [...value.slice(0, -1), spoil(value.at(-1))];
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const last = entries.findLastIndex(([, each]) => each !== null);
    return Object.fromEntries(entries.map(([name, each], n) => [name, n === last ? spoil(each) : each]));
  }
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return /^-?\d+(\.\d+)?$/.test(String(value)) ? `${String(value)}1` : `${String(value)}x`;
}

/** Array.isArray makes `any` of what is in it. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

await main();

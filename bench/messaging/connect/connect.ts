import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts, javaCommand, type Artifact, type RunningStack } from '@tieout/stack';

/** A Kafka Connect worker in standalone mode, in a Java process of its own. */
export interface Connect {
  readonly pid: number;
  /** Resolves when its task runs. */
  create(name: string, config: Readonly<Record<string, string>>): Promise<void>;
  /** Ends its tasks and keeps its place. */
  stop(name: string): Promise<void>;
  /** Goes on from there; resolves at once. */
  resume(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  end(): Promise<void>;
}

const DEBEZIUM = '3.4.0.Final';

/** What the runtime itself brings is left out of a plugin's folder: a second copy breaks Java's service loader. */
const artifact = (name: string, version: string, left: readonly string[] = []): Artifact => ({
  name: `bench-${name}`,
  version,
  goal: ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DexcludeArtifactIds=${left.join(',')}`],
  pom: fileURLToPath(new URL(`./${name}.pom.xml`, import.meta.url)),
});
export const RUNTIME = artifact('connect-runtime', '4.1.0');
const JACKSON = ['jackson-core', 'jackson-databind', 'jackson-annotations'];
const PLUGINS = [
  artifact('debezium-jdbc', DEBEZIUM, [...JACKSON, 'slf4j-api']),
  artifact('debezium-postgres', DEBEZIUM, [...JACKSON, 'slf4j-api']),
  artifact('avro-converter', '2.6.13.Final', ['connect-api', 'connect-json', 'kafka-clients', 'slf4j-api']),
];

/** Memory as Kafka's own start script gives it. */
const JVM = ['-Xms256M', '-Xmx2G', '-Djava.awt.headless=true'];
const LOGGING = fileURLToPath(new URL('../../../tools/stack/maven/log4j2.properties', import.meta.url));

let workers = 0;

/** @throws when Maven cannot bring its jars or the worker does not start */
export async function startConnect(stack: RunningStack): Promise<Connect> {
  const runtime = await stack.artifact(RUNTIME);
  const name = `connect-${++workers}`;
  const folder = join(stack.folder, name);
  const plugins = join(folder, 'plugins');
  mkdirSync(plugins, { recursive: true });
  for (const plugin of PLUGINS) symlinkSync(await stack.artifact(plugin), join(plugins, plugin.name));
  const [port = 0] = await freePorts(1);
  const properties = join(folder, 'worker.properties');
  writeFileSync(properties, workerProperties(stack.brokers, { folder, plugins, port }));
  const pid = await stack.spawn({
    name,
    command: javaCommand(),
    args: [
      ...[...JVM, `-Dlog4j2.configurationFile=${LOGGING}`, '-cp', join(runtime, '*')],
      ...['org.apache.kafka.connect.cli.ConnectStandalone', properties],
    ],
    logFile: join(folder, 'log'),
    endSignal: 'SIGKILL',
  });
  const connect = worker(`http://127.0.0.1:${port}`, pid);
  const ended = stack.exited(name).then(() => 'ended');
  const gone = async (): Promise<void> => {
    process.kill(pid, 'SIGKILL');
    await ended;
  };
  await Promise.race([ended, untilAnswers(`http://127.0.0.1:${port}/connectors`)]).then((outcome) => {
    if (outcome === 'ended') throw new Error(`Kafka Connect ended while it started, see ${folder}/log`);
  });
  return { ...connect, end: gone };
}

function workerProperties(
  brokers: readonly string[],
  { folder, plugins, port }: { folder: string; plugins: string; port: number },
): string {
  const settings = {
    'bootstrap.servers': brokers.join(','),
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'offset.storage.file.filename': join(folder, 'offsets'),
    'plugin.path': plugins,
    listeners: `http://127.0.0.1:${port}`,
    'connector.client.config.override.policy': 'All',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function worker(url: string, pid: number): Omit<Connect, 'end'> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/connectors${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`Kafka Connect answers ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  };
  const untilState = async (name: string, wanted: string): Promise<void> => {
    for (const deadline = Date.now() + 60_000; ; await delay(100)) {
      const { connector, tasks } = (await ask('GET', `/${name}/status`).catch(() => NO_STATUS)) as Status;
      const failed = tasks.find(({ state }) => state === 'FAILED');
      if (failed !== undefined) throw new Error(`${name} failed: ${String(failed.trace).slice(0, 800)}`);
      const states = wanted === 'STOPPED' ? [connector.state] : tasks.map(({ state }) => state);
      if (states.length > 0 && states.every((state) => state === wanted)) return;
      if (Date.now() > deadline) throw new Error(`${name} is ${connector.state} instead of ${wanted}`);
    }
  };
  return {
    pid,
    async create(name, config) {
      await ask('PUT', `/${name}/config`, config);
      await untilState(name, 'RUNNING');
    },
    async stop(name) {
      await ask('PUT', `/${name}/stop`);
      await untilState(name, 'STOPPED');
    },
    async resume(name) {
      await ask('PUT', `/${name}/resume`);
    },
    async remove(name) {
      await ask('DELETE', `/${name}`);
    },
  };
}

interface Status {
  readonly connector: { readonly state: string };
  readonly tasks: readonly { readonly state: string; readonly trace?: string }[];
}
const NO_STATUS: Status = { connector: { state: 'unknown' }, tasks: [] };

async function untilAnswers(url: string): Promise<'up'> {
  for (const deadline = Date.now() + 90_000; ; await delay(100)) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return 'up';
    if (Date.now() > deadline) throw new Error('Kafka Connect does not answer after 90 s');
  }
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resolveArtifact } from '../artifacts.ts';
import { archiveFlags } from '../class-archive.ts';
import { startGuardian, type Guardian } from '../guardian-client.ts';
import { startKafka } from '../kafka.ts';
import { startPostgres } from '../postgres.ts';
import { checkPrerequisites, javaCommand } from '../prerequisites.ts';
import { untilReady } from '../readiness.ts';
import { REGISTRY } from '../registry.ts';
import { readCompose, type ComposeFile } from './compose.ts';
import { createContainers, type Containers } from './containers.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const quiet = (): void => undefined;
const targets = (
  JSON.parse(read('deploy/prometheus/targets.json')) as { targets: string[]; labels: { service: string } }[]
).map(({ targets: [target], labels }) => ({ target: target!, service: labels.service }));
const SERVICES = targets.map(({ service }) => service);

let guardian: Guardian;
let compose: ComposeFile;
let containers: Containers;

/**
 * There is no container engine in CI. So everything that compose would start from our images is started as a process: from a folder
 * with the files that the Dockerfile copies, with the command and the environment of the compose file and no other, each at a
 * loopback address of its own, so that every port is the real one. The broker and the database are the local stack's; the registry
 * runs with the compose file's environment. (Other systems than Linux do not have those addresses.)
 */
describe.skipIf(process.platform !== 'linux')('docker-compose.yml, without containers', () => {
  beforeAll(async () => {
    await checkPrerequisites();
    guardian = await startGuardian();
    const [kafka, { address: postgres }] = await Promise.all([startKafka(guardian, 1, quiet), startPostgres(guardian)]);
    compose = readCompose(read('docker-compose.yml'), { POSTGRES_PASSWORD: postgres.password });
    const hosts = { 'kafka:9094': kafka.brokers[0]!, 'postgres:5432': `${postgres.host}:${postgres.port}` };
    containers = createContainers({ root: ROOT, compose, guardian, hosts });
    await startAll();
  }, 400_000);
  afterAll(() => guardian?.stop());

  it('starts every service, and Prometheus finds each where targets.json says', async () => {
    expect(SERVICES).toHaveLength(5);
    for (const { target, service } of targets) {
      const answer = await fetch(`http://${containers.outside(service, target)}/metrics`);
      expect(answer.status, target).toBe(200);
      expect(await answer.text()).toContain(`service="${service}"`);
      const ready = await fetch(`http://${containers.outside(service, target)}/health/ready`);
      expect(ready.status, await ready.text()).toBe(200);
    }
  });

  it('lets no service complain', () => {
    for (const service of SERVICES) {
      const lines = containers.log(service).split('\n');
      expect(lines.join()).toContain('"message":"ready"');
      expect(lines.filter((line) => /"level":"?(40|50|60|warn|error|fatal)/.test(line))).toEqual([]);
    }
  });

  it('lets each role into its own schema and database only', async () => {
    const denied = /permission denied/;
    const own = 'CREATE TABLE crm_ingest.of_its_own ()';
    await expect(query(containers.secret('crm-ingest-database-url'), own)).resolves.toBeDefined();
    for (const other of SERVICES.filter((name) => name !== 'crm-ingest'))
      await expect(query(containers.secret(`${other}-database-url`), own)).rejects.toThrow(denied);
    const elsewhere = containers.secret('crm-ingest-database-url').replace(/tieout$/, 'sandbox');
    await expect(query(elsewhere, 'SELECT 1')).rejects.toThrow(denied);
    const sandbox = containers.secret('sandbox-database-url').replace(/sandbox$/, 'tieout');
    await expect(query(sandbox, 'SELECT 1')).rejects.toThrow(denied);
  });

  it('runs the one-shots again at the next start, and they change nothing', async () => {
    await containers.run('database');
    expect(await containers.run('contracts')).toContain('nothing to change');
  });

  it('keeps the credentials of the sandboxes over a restart', async () => {
    const url = containers.outside(
      'crm-ingest',
      compose.services['crm-ingest']!.environment!['SALESFORCE_PRIVATE_KEY_FILE']!,
    );
    const before = readFileSync(url, 'utf8');
    await containers.stop('sandbox');
    await containers.start('sandbox');
    expect(readFileSync(url, 'utf8')).toBe(before);
    // They know them again: each comes back by itself.
    for (const service of SERVICES)
      await vi.waitFor(async () => expect(await containers.health(service)).toEqual({ code: 0, output: '' }), {
        timeout: 60_000,
        interval: 500,
      });
  });

  it('fails the health check of a service that is gone', async () => {
    await containers.stop('order-to-cash');
    const { code, output } = await containers.health('order-to-cash');
    expect(code).toBe(1);
    expect(output).toContain('ECONNREFUSED');
  });

  it('keeps what the registry knows when it is killed', async () => {
    const before = await subjects();
    expect(before.length).toBeGreaterThan(10);
    const exited = guardian.exited('registry');
    await guardian.signal('registry', 'SIGKILL');
    await exited;
    await startRegistry();
    expect(await subjects()).toEqual(before);
  });
});

/** In the order of `depends_on`, and what does not wait for each other at once. */
async function startAll(): Promise<void> {
  const running = new Map<string, Promise<unknown>>([
    ['kafka', Promise.resolve()],
    ['postgres', Promise.resolve()],
  ]);
  const start = (name: string): Promise<unknown> => {
    const known = running.get(name) ?? begin(name);
    running.set(name, known);
    return known;
  };
  const begin = async (name: string): Promise<unknown> => {
    const needed = Object.entries(compose.services[name]?.depends_on ?? {});
    await Promise.all(needed.map(([other]) => start(other)));
    if (name === 'registry') return startRegistry();
    return isOneShot(name) ? containers.run(name) : containers.start(name);
  };
  await Promise.all(SERVICES.map(start));
}

function isOneShot(name: string): boolean {
  const waiting = Object.values(compose.services).map((service) => service.depends_on?.[name]?.condition);
  return waiting.includes('service_completed_successfully');
}

/** Its image is not ours: the same program, with the environment of the compose file. */
async function startRegistry(): Promise<void> {
  const { environment = {}, healthcheck } = compose.services['registry']!;
  const jars = await resolveArtifact(REGISTRY, guardian, quiet);
  const variables = Object.entries(environment).map(([key, value]) => [key, containers.outside('registry', value)]);
  const { JAVA_OPTS_APPEND: options = '', ...env } = Object.fromEntries(variables) as Record<string, string>;
  const logFile = path.join(guardian.folder, 'docker-registry.log');
  const address = containers.address('registry');
  await guardian.spawn({
    name: 'registry',
    command: javaCommand(),
    args: [
      ...options.split(' '),
      ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...archiveFlags(jars)],
      ...['-jar', `apicurio-registry-app-${REGISTRY.version}-runner.jar`],
    ],
    cwd: jars,
    env: { ...env, QUARKUS_HTTP_HOST: address, QUARKUS_LOG_LEVEL: 'WARN' },
    logFile,
    endSignal: 'SIGKILL',
  });
  const [, command = '', ...words] = healthcheck?.test ?? [];
  const here = words.map((word) => word.replaceAll('127.0.0.1', address));
  await untilReady(guardian, { name: 'registry', logFile }, () => promisify(execFile)(command, here).then(() => true));
}

async function subjects(): Promise<string[]> {
  const url = compose.services['reconciliation']!.environment!['SCHEMA_REGISTRY_URL']!;
  const answer = await fetch(`${containers.outside('reconciliation', url)}/subjects`);
  return ((await answer.json()) as string[]).sort();
}

async function query(connectionString: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

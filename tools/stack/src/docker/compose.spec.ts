import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loginOf } from '../database-login.ts';
import { readStackFile } from '../handle.ts';
import { outside, readCompose, startOrder } from './compose.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const compose = readCompose(text('docker-compose.yml'));
const services = Object.entries(compose.services);
const targets = (JSON.parse(text('deploy/prometheus/targets.json')) as { targets: string[] }[]).flatMap(
  (one) => one.targets,
);
const ours = targets.map((target) => target.split(':')[0]!);

describe('docker-compose.yml', () => {
  it('starts the stack alone when no profile is named', () => {
    const stack = services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(stack).toEqual(['kafka', 'postgres', 'registry']);
    for (const [, { profiles }] of services) expect(profiles ?? ['full']).toEqual(['full']);
    for (const name of stack) expect(compose.services[name]?.secrets ?? []).toEqual([]);
  });

  it('publishes the stack where compose.stack.json says that it is', () => {
    const { brokers, registryUrl, postgres } = readStackFile(path.join(ROOT, 'tools/stack/compose.stack.json'));
    const published = (name: string): string | undefined =>
      compose.services[name]?.ports?.[0]?.split(':').slice(0, 2).join(':');
    expect(brokers).toEqual([published('kafka')]);
    expect(new URL(registryUrl).host).toBe(published('registry'));
    expect(`${postgres.host}:${postgres.port}`).toBe(published('postgres'));
    expect(compose.services['postgres']?.environment?.['POSTGRES_PASSWORD']).toBe(postgres.password);
  });

  it('is reached from this machine only, and no port is taken twice', () => {
    const ports = services.flatMap(([, { ports: all = [] }]) => all);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const outer = ports.map((port) => port.split(':')[1]);
    expect(new Set(outer).size).toBe(outer.length);
  });

  it.each(ours)('%s listens where its health check and Prometheus look', (name) => {
    const { environment, healthcheck, ports } = compose.services[name]!;
    const port = environment?.['HTTP_PORT'];
    expect(targets).toContain(`${name}:${port}`);
    expect(healthcheck?.test).toEqual([
      'CMD',
      'node',
      'deploy/healthcheck.mjs',
      `http://127.0.0.1:${port}/health/ready`,
    ]);
    expect(ports?.[0]?.split(':')[2]).toBe(port);
  });

  it.each(ours)('%s is given only keys that it has', (name) => {
    const keys = `${text('libs/platform/src/base-config.ts')}\n${text(`apps/${name}/src/config.ts`)}`;
    for (const key of Object.keys(compose.services[name]!.environment ?? {}))
      expect(keys, key).toMatch(new RegExp(`^  (${key}|${key.replace(/_FILE$/, '')}): `, 'm'));
  });

  it.each(ours)('%s reads its own login and no other', (name) => {
    const { secrets, environment, volumes = [] } = compose.services[name]!;
    expect(secrets).toEqual([`${name}-database-url`]);
    expect(environment?.['DATABASE_URL_FILE']).toBe(`/run/secrets/${name}-database-url`);
    expect(environment?.['DATABASE_SCHEMA']).toBe(name.replaceAll('-', '_'));
    for (const volume of volumes) expect(volume).toMatch(/:ro$/);
  });

  it('takes the issuer of tokens from outside, and has none of its own: that of the local stack signs for anybody', () => {
    const oidc = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'tieout' };
    const unset = { OIDC_ISSUER: '', OIDC_AUDIENCE: '', OIDC_JWKS_URL: '', OIDC_ROLES_CLAIM: '' };
    const given = readCompose(text('docker-compose.yml'), oidc);
    for (const name of ours) {
      expect(compose.services[name]!.environment).toMatchObject(unset);
      expect(given.services[name]!.environment).toMatchObject(oidc);
    }
    expect(text('docker-compose.yml')).not.toMatch(/issuer-(main|server)|tools\/stack\/src\/(main|issuer)/);
    expect(text('deploy/Dockerfile').split(/^FROM .* AS service$/m)[1]).not.toMatch(/^COPY tools/m);
  });

  it('starts in an order that works', () => {
    const order = startOrder(compose.services);
    for (const name of ours) expect(order.indexOf(name)).toBeGreaterThan(order.indexOf('contracts'));
    expect(() => startOrder({ a: { depends_on: { a: { condition: 'service_healthy' } } } })).toThrow('a waits for a');
  });

  it('names volumes and files that exist', () => {
    for (const [, { volumes = [] }] of services)
      for (const source of volumes.map((volume) => volume.split(':')[0]!))
        if (source.startsWith('.')) expect(existsSync(path.join(ROOT, source)), source).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
  });

  it('holds no secret', () => {
    const values = services.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
    const secret = values.filter(([key]) => /PASSWORD|SECRET|PRIVATE|TOKEN|DATABASE_URL/.test(key));
    for (const [key, value] of secret)
      if (!/^(PGPASSWORD|POSTGRES_PASSWORD)$/.test(key)) expect(`${key}=${value}`).toMatch(/_FILE=\//);
    // The development server's, which is as well known as its address.
    expect(text('docker-compose.yml').match(/PASSWORD: (?!\$\{POSTGRES_PASSWORD:-tieout\})/g) ?? []).toEqual([]);
  });
});

describe('secrets.mjs', () => {
  const make = (folder: string): void =>
    void execFileSync(process.execPath, [path.join(ROOT, 'deploy/compose/secrets.mjs'), folder]);

  it('makes every secret that the compose file names, different each time, and keeps what is there', () => {
    const folders = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), 'secrets-')));
    onTestFinished(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
    folders.forEach(make);
    const contents = (folder: string): Record<string, string> =>
      Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
    const [first, second] = folders.map(contents) as [Record<string, string>, Record<string, string>];
    expect(Object.keys(first).sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`deploy/compose/secrets/${name}`);
      expect(first[name]).not.toBe(second[name]);
    }
    expect(statSync(folders[0]!).mode & 0o077).toBe(0);
    make(folders[0]!);
    expect(contents(folders[0]!)).toEqual(first);
    expect(loginOf(first['crm-ingest-database-url']!, 'x')).toMatchObject({ name: 'crm_ingest', database: 'tieout' });
  });

  it('stays out of git', () => {
    expect(text('.gitignore').split('\n')).toEqual(expect.arrayContaining(['deploy/compose/secrets/', '.env']));
  });
});

describe('outside', () => {
  const hosts = {
    'kafka:9094': '127.0.0.1:1',
    'postgres:5432': '127.0.0.1:2',
    sandbox: '127.9.9.9',
    '0.0.0.0': '127.8.8.8',
  };
  const surroundings = {
    hosts,
    itself: ['0.0.0.0'],
    mounts: [{ inside: '/run/secrets/sandbox', outside: '/tmp/s' }],
  };
  it.each([
    ['kafka:9094', '127.0.0.1:1'],
    ['http://sandbox:7103/health', 'http://127.9.9.9:7103/health'],
    ['0.0.0.0', '127.8.8.8'],
    ['postgresql://sandbox:123@postgres:5432/sandbox', 'postgresql://sandbox:123@127.0.0.1:2/sandbox'],
    ['/run/secrets/sandbox', '/tmp/s'],
    ['/run/secrets/sandbox-other', '/run/secrets/sandbox-other'],
    ['a: { file: /run/secrets/sandbox/url }', 'a: { file: /tmp/s/url }'],
    ['apps/sandbox/src/main.ts', 'apps/sandbox/src/main.ts'],
    ['kafka:9095', 'kafka:9095'],
    ['sandbox', 'sandbox'],
  ])('%s becomes %s', (inside, expected) => {
    expect(outside(inside, surroundings)).toBe(expected);
  });
});

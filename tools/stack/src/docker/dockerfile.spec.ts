import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCompose } from './compose.ts';
import { contextFiles, copiedFiles, ignores, readDockerfile } from './dockerfile.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const stages = readDockerfile(text('deploy/Dockerfile'));
const dockerignore = text('.dockerignore');
const context = contextFiles(ROOT, dockerignore);
const compose = readCompose(text('docker-compose.yml'));
const built = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
const stageOf = (name: string) => {
  const stage = stages.find((one) => one.name === compose.services[name]?.build?.target);
  if (stage === undefined) throw new Error(`${name} is built from a stage that does not exist`);
  return stage;
};

describe('Dockerfile', () => {
  it('copies only what the build context has', () => {
    for (const { copies } of stages)
      for (const { from, sources } of copies)
        if (from === null)
          for (const source of sources.filter((one) => one !== '.'))
            expect(
              context.some((file) => file === source || file.startsWith(`${source}/`)),
              source,
            ).toBe(true);
        else expect(stages.map(({ name }) => name)).toContain(from);
  });

  it('ends with the image of the services, so that a build without a target makes it', () => {
    expect(stages.at(-1)?.name).toBe('service');
  });

  it('installs for the services what production needs, by the lock file and without scripts', () => {
    const install = (name: string): string => stages.find((stage) => stage.name === name)?.runs.join() ?? '';
    expect(stages.find(({ name }) => name === 'service')?.copies).toContainEqual({
      from: 'production',
      sources: ['/app/node_modules'],
      target: 'node_modules',
    });
    expect(install('production')).toContain('npm ci --omit=dev --ignore-scripts');
    expect(install('development')).toContain('npm ci --ignore-scripts');
  });

  it.each(built)('%s: its files are in its image, and it does not run as root', (name, { command, healthcheck }) => {
    const stage = stageOf(name);
    expect(stage.user).toBe('node');
    const files = copiedFiles(stage, context);
    const named = [...(command ?? []), ...(healthcheck?.test ?? [])].filter((word) => /\.(ts|mjs)$/.test(word));
    expect(named.length).toBeGreaterThan(0);
    for (const file of named) expect([...files.keys()]).toContain(file);
  });

  it('keeps sandboxes and tools out of the image of the services', () => {
    const files = [...copiedFiles(stages.at(-1)!, context).values()];
    expect(files.filter((file) => /^(tools|apps\/sandbox|apps\/cli|schemas)\//.test(file))).toEqual([]);
  });

  it.each(built)('%s: its volumes are mounted on folders that the image has', (name, { volumes = [] }) => {
    const folders = stageOf(name).runs.join(' ');
    for (const volume of volumes) expect(folders).toContain(` ${volume.split(':')[1]}`);
  });
});

describe('.dockerignore', () => {
  it.each([
    'deploy/compose/secrets/crm-ingest-database-url',
    '.env',
    'apps/sandbox/.env.local',
    'node_modules/pg/package.json',
    'libs/platform/node_modules/pg/package.json',
    '.git/config',
    'tools/key.pem',
    'libs/platform/src/config.spec.ts',
    'docs/how-to/docker.md',
    'anything-new.txt',
  ])('leaves %s out', (file) => {
    expect(ignores(dockerignore)(file)).toBe(true);
  });

  it.each(['package-lock.json', 'libs/platform/src/config.ts', 'schemas/topics.yaml', 'deploy/healthcheck.mjs'])(
    'keeps %s',
    (file) => {
      expect(existsSync(path.join(ROOT, file))).toBe(true);
      expect(ignores(dockerignore)(file)).toBe(false);
    },
  );
});

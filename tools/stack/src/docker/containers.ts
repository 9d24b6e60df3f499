import { execFile, execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Guardian } from '../guardian-client.ts';
import { untilReady } from '../readiness.ts';
import { outside, type ComposeFile, type ComposeService, type Surroundings } from './compose.ts';
import { contextFiles, copiedFiles, layOut, readDockerfile } from './dockerfile.ts';

/** Runs what a compose file says, as processes of this machine: same commands, same environment, nothing else in it. */
export interface Containers {
  /** Address that stands in for a container: one of the loopback network for each, so that every port is the real one. */
  address(name: string): string;
  /** A text of the compose file as it reads outside of that container. */
  outside(name: string, text: string): string;
  /** What a secret of the compose file holds, as it reads outside. */
  secret(name: string): string;
  /** Runs a one-shot container to its end, and gives its log. */
  run(name: string): Promise<string>;
  /** Starts a container; resolves once its health check passes. */
  start(name: string): Promise<void>;
  /** Stops it as compose would, by SIGTERM. */
  stop(name: string): Promise<void>;
  /** Runs its health check once: exit code and what it said. */
  health(name: string): Promise<{ readonly code: number; readonly output: string }>;
  log(name: string): string;
}

export interface ContainersOptions {
  readonly root: string;
  readonly compose: ComposeFile;
  readonly guardian: Guardian;
  /** Addresses of what runs in other ways than compose says. */
  readonly hosts: Surroundings['hosts'];
}

/** Lays out images, secrets and volumes in the guardian's folder. */
export function createContainers({ root, compose, guardian, hosts: given }: ContainersOptions): Containers {
  const network = `127.${byte()}.${byte()}`;
  const address = (name: string): string => `${network}.${Object.keys(compose.services).indexOf(name) + 1}`;
  const folders = path.join(guardian.folder, 'docker');
  const images = layOutImages(root, folders, compose);
  const names = Object.fromEntries(Object.keys(compose.services).map((name) => [name, address(name)]));
  const common: Surroundings['hosts'] = { ...names, ...given };
  const secrets = makeSecrets(root, folders, common);

  const service = (name: string): ComposeService => {
    const found = compose.services[name];
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };
  const insideOf = (name: string, text: string): string => {
    const { hostname, ...rest } = service(name);
    const itself = ['0.0.0.0', '127.0.0.1', 'localhost', ...(hostname === undefined ? [] : [hostname])];
    const hosts = { ...common, ...Object.fromEntries(itself.map((one) => [one, address(name)])) };
    return outside(text, { hosts, itself, mounts: [...secretMounts(rest, secrets), ...volumeMounts(rest, folders)] });
  };
  const logFile = (name: string): string => path.join(guardian.folder, `docker-${name}.log`);
  const log = (name: string): string => readFileSync(logFile(name), 'utf8');
  const invocation = (name: string, words: readonly string[]) => {
    const image = images.get(service(name).build?.target ?? '');
    if (image === undefined) throw new Error(`${name} is not built here`);
    const environment = Object.entries({ ...image.env, ...service(name).environment });
    const variables = environment.map(([key, value]) => `${key}=${insideOf(name, value)}`);
    const PATH = `PATH=${path.dirname(process.execPath)}:/usr/bin:/bin`;
    const args = ['-i', PATH, ...variables, ...words.map((word) => insideOf(name, word))];
    return { command: 'env', args, cwd: image.folder };
  };
  const health = async (name: string) => {
    const [how, ...words] = service(name).healthcheck?.test ?? [];
    if (how !== 'CMD') throw new Error(`${name} has no health check that is a command`);
    const { command, args, cwd } = invocation(name, words);
    return runToEnd(command, args, cwd);
  };
  return {
    address,
    outside: insideOf,
    secret: (name) => readFileSync(path.join(secrets, name), 'utf8'),
    log,
    health,
    async run(name) {
      writeFileSync(logFile(name), '');
      await guardian.run({ name, ...invocation(name, service(name).command ?? []), logFile: logFile(name) });
      return log(name);
    },
    async start(name) {
      const launched = invocation(name, service(name).command ?? []);
      await guardian.spawn({ name, ...launched, logFile: logFile(name), endSignal: 'SIGTERM' });
      const url = service(name).healthcheck?.test.find((word) => word.startsWith('http')) ?? '';
      // Asked for cheaply at first: a process a look would slow down what it looks at.
      const answers = async (): Promise<boolean> => (await fetch(insideOf(name, url))).ok;
      await untilReady(guardian, { name, logFile: logFile(name) }, answers);
      const { code, output } = await health(name);
      if (code !== 0) throw new Error(`the health check of ${name} fails: ${output}`);
    },
    async stop(name) {
      const exited = guardian.exited(name);
      await guardian.signal(name, 'SIGTERM');
      await exited;
    },
  };
}

interface Image {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

function layOutImages(root: string, folders: string, compose: ComposeFile): ReadonlyMap<string, Image> {
  const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
  const stages = readDockerfile(text('deploy/Dockerfile'));
  const context = contextFiles(root, text('.dockerignore'));
  const lock = JSON.parse(text('package-lock.json')) as Parameters<typeof layOut>[3];
  const images = new Map<string, Image>();
  for (const target of new Set(Object.values(compose.services).flatMap(({ build }) => build?.target ?? []))) {
    const stage = stages.find(({ name }) => name === target);
    if (stage === undefined) throw new Error(`the Dockerfile has no stage ${target}`);
    const packages = stage.copies.find(({ sources }) => sources[0]?.endsWith('node_modules'))?.from;
    const installs = stages.find(({ name }) => name === packages)?.runs.join() ?? '';
    const folder = path.join(folders, 'images', target);
    layOut(root, folder, copiedFiles(stage, context), lock, installs.includes('--omit=dev'));
    images.set(target, { folder, env: stage.env });
  }
  return images;
}

/** Makes them as a user would, then writes them as they read outside. */
function makeSecrets(root: string, folders: string, hosts: Surroundings['hosts']): string {
  const folder = path.join(folders, 'secrets');
  execFileSync(process.execPath, [path.join(root, 'deploy/compose/secrets.mjs'), folder]);
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    writeFileSync(file, outside(readFileSync(file, 'utf8'), { hosts, itself: [], mounts: [] }));
  }
  return folder;
}

/** A container sees the secrets that it names, and no others. */
function secretMounts({ secrets = [] }: ComposeService, folder: string): Surroundings['mounts'] {
  return secrets.map((name) => ({ inside: `/run/secrets/${name}`, outside: path.join(folder, name) }));
}

function volumeMounts({ volumes = [] }: ComposeService, folders: string): Surroundings['mounts'] {
  return volumes.map((volume) => {
    const [name = '', inside = ''] = volume.split(':');
    const folder = path.join(folders, 'volumes', name);
    mkdirSync(folder, { recursive: true });
    return { inside, outside: folder };
  });
}

function runToEnd(command: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, output: stdout + stderr }),
    );
  });
}

/** A part of a loopback address that nobody else has, most likely: test runs may share a machine. */
function byte(): number {
  return randomInt(2, 255);
}

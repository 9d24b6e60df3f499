import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guardian } from './guardian-client.ts';
import { withLock } from './lock.ts';
import { identify } from './process-identity.ts';

/** Something that Maven brings: a pom and the goal that fills a folder from it. */
export interface Artifact {
  readonly name: string;
  readonly version: string;
  readonly goal: readonly string[];
  /** Default: the pom of that name in ../maven. */
  readonly pom?: string;
  /** Adds files to the fetched folder that are costly to make on every start. */
  readonly prepare?: (folder: string, guardian: Guardian) => Promise<void>;
}

const MANIFEST = 'manifest.json';
type Manifest = Readonly<Record<string, number>>;

/** Where fetched artifacts stay between runs: TIEOUT_CACHE, else the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['TIEOUT_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tieout');
}

/**
 * The folder with an artifact's files, fetched when it is missing or incomplete.
 * Two programs may ask at once: one fetches, the other waits; nobody sees a half-filled folder.
 */
export async function resolveArtifact(
  artifact: Artifact,
  guardian: Guardian,
  progress: (message: string) => void,
  cache: string = cacheFolder(),
): Promise<string> {
  const pom = artifact.pom ?? fileURLToPath(new URL(`../maven/${artifact.name}.pom.xml`, import.meta.url));
  const digest = createHash('sha256').update(recipeOf(artifact, pom)).digest('hex').slice(0, 8);
  const folder = join(cache, `${artifact.name}-${artifact.version}-${digest}`);
  if (isComplete(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (isComplete(folder)) return;
    progress(`${artifact.name}: fetching ${artifact.version} with Maven (once)`);
    await fetchInto(folder, artifact, pom, guardian);
  });
  return folder;
}

/** A folder made by another recipe is another folder, so checkouts of different age can share a cache. */
function recipeOf(artifact: Artifact, pom: string): string {
  return [readFileSync(pom, 'utf8'), ...artifact.goal, artifact.prepare?.name].join(' ');
}

async function fetchInto(folder: string, artifact: Artifact, pom: string, guardian: Guardian): Promise<void> {
  removeAbandoned(folder);
  const fresh = `${folder}.new-${process.pid}`;
  // Maven puts files beside its pom, and that is not to be the checkout.
  const work = join(guardian.folder, `maven-${artifact.name}`);
  mkdirSync(work);
  copyFileSync(pom, join(work, 'pom.xml'));
  await guardian.run({
    name: `maven-${artifact.name}`,
    command: 'mvn',
    args: ['-B', '-ntp', '-f', join(work, 'pom.xml'), ...artifact.goal, `-DoutputDirectory=${fresh}`],
    logFile: join(work, 'log'),
  });
  await artifact.prepare?.(fresh, guardian);
  const files = filesOf(fresh);
  if (!files.some((file) => file.endsWith('.jar'))) throw new Error(`Maven brought no jar for ${artifact.name}`);
  const manifest: Manifest = Object.fromEntries(files.map((file) => [file, statSync(join(fresh, file)).size]));
  writeFileSync(join(fresh, MANIFEST), JSON.stringify(manifest, null, 1));
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

/** Half-filled folders of programs that were killed while they fetched. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const [of, pid] = name.split('.new-');
    if (of !== basename(folder) || pid === undefined || identify(Number(pid)) !== null) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** A cleaned or half-copied cache is found out here and not by a class that a broker misses an hour later. */
function isComplete(folder: string): boolean {
  if (!existsSync(join(folder, MANIFEST))) return false;
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
  return Object.entries(manifest).every(([file, size]) => sizeOf(join(folder, file)) === size);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

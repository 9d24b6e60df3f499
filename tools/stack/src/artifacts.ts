import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guardian } from './guardian-client.ts';
import { withLock } from './lock.ts';

/** Something that Maven brings: a pom in ../maven and the goal that fills a folder from it. */
export interface Artifact {
  readonly name: 'kafka' | 'registry';
  readonly version: string;
  readonly goal: readonly string[];
}

export const KAFKA: Artifact = {
  name: 'kafka',
  version: '4.1.0',
  goal: ['dependency:copy-dependencies', '-DincludeScope=runtime'],
};
export const REGISTRY: Artifact = { name: 'registry', version: '3.0.9', goal: ['dependency:unpack'] };

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
  const pom = fileURLToPath(new URL(`../maven/${artifact.name}.pom.xml`, import.meta.url));
  const digest = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8);
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

async function fetchInto(folder: string, artifact: Artifact, pom: string, guardian: Guardian): Promise<void> {
  const fresh = `${folder}.new`;
  for (const leftOver of [fresh, folder]) rmSync(leftOver, { recursive: true, force: true });
  await guardian.run({
    name: `maven-${artifact.name}`,
    command: 'mvn',
    args: [
      '-B',
      '-ntp',
      '-f',
      pom,
      ...artifact.goal,
      `-DoutputDirectory=${fresh}`,
      `-DmarkersDirectory=${fresh}.markers`,
    ],
    logFile: join(guardian.folder, `maven-${artifact.name}.log`),
  });
  rmSync(`${fresh}.markers`, { recursive: true, force: true });
  const files = filesOf(fresh);
  if (!files.some((file) => file.endsWith('.jar'))) throw new Error(`Maven brought no jar for ${artifact.name}`);
  const manifest: Manifest = Object.fromEntries(files.map((file) => [file, statSync(join(fresh, file)).size]));
  writeFileSync(join(fresh, MANIFEST), JSON.stringify(manifest, null, 1));
  renameSync(fresh, folder);
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

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Artifact, cacheFolder, resolveArtifact } from './artifacts.ts';
import type { Guardian } from './guardian-client.ts';

const ARTIFACT: Artifact = { name: 'kafka', version: '1.0', goal: [] };
let cache: string;
let fetches: number;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tieout-artifacts-'));
  fetches = 0;
});
afterEach(() => rmSync(cache, { recursive: true }));

/** Stands in for Maven: fills the folder that it is told to fill. */
function guardian(): Guardian {
  const run: Guardian['run'] = ({ args }) => {
    fetches += 1;
    const target = args.find((one) => one.startsWith('-DoutputDirectory='))?.split('=')[1] as string;
    mkdirSync(join(target, 'lib'), { recursive: true });
    writeFileSync(join(target, 'lib', 'broker.jar'), 'classes');
    return Promise.resolve();
  };
  return { folder: mkdtempSync(join(cache, 'guardian-')), run } as Guardian;
}

const resolve = () => resolveArtifact(ARTIFACT, guardian(), () => undefined, cache);
const leftOvers = () => readdirSync(cache).filter((name) => name.includes('.new') || name.includes('.lock'));

test('fetches once, also when several ask at the same time', async () => {
  const folders = await Promise.all([resolve(), resolve(), resolve()]);
  expect(new Set(folders).size).toBe(1);
  expect(fetches).toBe(1);
  expect(leftOvers()).toEqual([]);
});

test.each([
  ['has lost a file', (jar: string) => rmSync(jar)],
  ['has a file cut short', (jar: string) => truncateSync(jar, 3)],
])('fetches again when the cache %s', async (_, damage) => {
  const jar = join(await resolve(), 'lib', 'broker.jar');
  damage(jar);
  await resolve();
  expect(readFileSync(jar, 'utf8')).toBe('classes');
  expect(fetches).toBe(2);
});

test('removes what a killed fetch left half filled', async () => {
  const folder = await resolve();
  rmSync(folder, { recursive: true });
  const dead = 2 ** 22 + 1; // Above the largest pid that Linux gives.
  writeFileSync(`${folder}.new-${dead}`, '');
  await resolve();
  expect(leftOvers()).toEqual([]);
});

test('keeps the cache where TIEOUT_CACHE says, else in the user cache folder', () => {
  expect(cacheFolder({ TIEOUT_CACHE: '/cache' })).toBe('/cache');
  expect(cacheFolder({ XDG_CACHE_HOME: '/home/a/.cache' })).toBe('/home/a/.cache/tieout');
});

test('takes the pom that is named, and fetches again when it changes', async () => {
  const pom = join(cache, 'other.pom.xml');
  writeFileSync(pom, '<project/>');
  const other = () => resolveArtifact({ ...ARTIFACT, name: 'other', pom }, guardian(), () => undefined, cache);
  const folder = await other();
  expect(await other()).toBe(folder);
  writeFileSync(pom, '<project><!-- newer --></project>');
  expect(await other()).not.toBe(folder);
  expect(fetches).toBe(2);
});

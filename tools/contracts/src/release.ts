import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseContracts, releasedName, releasesOf, type ContractFiles } from './contracts.ts';
import { MANIFEST, manifestOf } from './gates-released.ts';

/** The files that freeze every schema which is newer than its last release; empty when all are released. */
export function releaseFiles(files: ContractFiles): ReadonlyMap<string, string> {
  const fresh = parseContracts(files)
    .filter(({ file, release }) => !releasesOf(files, file).includes(release))
    .map(({ file, release }) => [releasedName(file, release), files.get(`${file}.avsc`) ?? ''] as const);
  if (fresh.length === 0) return new Map();
  // The old manifest's lines stay as they are: a release must not launder an edit of an older one.
  const kept = JSON.parse(files.get(MANIFEST) ?? '{}') as Record<string, string>;
  const manifest = { ...manifestOf(new Map([...files, ...fresh])), ...kept };
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return new Map([...fresh, [MANIFEST, `${JSON.stringify(sorted, null, 2)}\n`]]);
}

export function writeRelease(directory: string, released: ReadonlyMap<string, string>): void {
  for (const [name, content] of released) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

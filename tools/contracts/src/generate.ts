import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseContracts, type ContractFiles } from './contracts.ts';
import { generateCurrencies } from './generate-currencies.ts';
import { generateDocs } from './generate-docs.ts';
import { generateSchemaTable, generateTopicTable, generateTypes } from './generate-types.ts';

/** Every generated file, path relative to the repository -> content. */
export function generatedFiles(files: ContractFiles): ReadonlyMap<string, string> {
  const topics = parseContracts(files);
  const generated = 'libs/canonical/src/generated';
  return new Map([
    [`${generated}/types.generated.ts`, generateTypes(topics)],
    [`${generated}/topics.generated.ts`, generateTopicTable(topics)],
    [`${generated}/schemas.generated.ts`, generateSchemaTable(topics)],
    ['libs/canonical/src/currencies.generated.ts', generateCurrencies()],
    ...generateDocs(topics, files),
  ]);
}

/** Writes what differs; returns the paths. */
export function writeGenerated(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  const stale = staleFiles(root, files);
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? '');
  }
  return stale;
}

/** Paths whose content on disk is not what the contracts say now. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].filter(([path, content]) => readOrNull(join(root, path)) !== content).map(([path]) => path);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

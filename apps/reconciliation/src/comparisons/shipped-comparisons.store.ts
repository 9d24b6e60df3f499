import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ComparisonError, parseComparison } from './comparison.ts';
import type { ComparisonDefinition } from './comparison.ts';

/** Comparisons of a folder, one a file named for it: `<name>.yaml`. @throws ComparisonError that names the file */
export function readComparisons(folder: string): readonly ComparisonDefinition[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.toSorted().map((file) => readComparison(path.join(folder, file)));
}

function readComparison(file: string): ComparisonDefinition {
  try {
    const definition = parseComparison(parse(readFileSync(file, 'utf8')));
    if (`${definition.name}.yaml` !== path.basename(file))
      throw new ComparisonError(['its name is not that of its file']);
    return definition;
  } catch (error) {
    const problems = error instanceof ComparisonError ? error.problems : [(error as Error).message];
    throw new ComparisonError([`${file}: ${problems.join('; ')}`]);
  }
}

/** Sides of an ERP's topic take the instances that runs ask, unless the comparison says which. */
export function withInstances(
  definitions: readonly ComparisonDefinition[],
  asked: readonly { readonly object: string; readonly instance: string }[],
): readonly ComparisonDefinition[] {
  const instancesOf = (object: string): readonly string[] | null => {
    const found = asked.filter((side) => side.object === object).map(({ instance }) => instance);
    return found.length === 0 ? null : [...new Set(found)];
  };
  return definitions.map((definition) => ({
    ...definition,
    sides: definition.sides.map(({ name, source }) =>
      source.kind === 'topic'
        ? { name, source: { ...source, instances: source.instances ?? instancesOf(source.object) } }
        : { name, source },
    ),
  }));
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Result } from './run.ts';

/** What a run ran on. */
export interface Versions {
  readonly commit: string;
  readonly kafka: string;
  readonly postgres: string;
}

/** A row as it stands in the file. */
interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

const HEAD = ['id', 'what', 'promises', 'seeds', 'result', 'seconds', 'commit', 'note'];

/** Writes the table; rows of scenarios that did not run stay as they are. */
export function writeReport(file: string, results: readonly Result[], versions: Versions): void {
  const before = existsSync(file) ? parseRows(readFileSync(file, 'utf8')) : [];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, markdown(merge(before, results, versions.commit), versions));
}

/** Pure: the rows of a file that this program wrote. */
export function parseRows(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => /^\| F\d/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
    .map((cells) => ({ id: cells[0] ?? '', cells }));
}

export function merge(before: readonly Row[], results: readonly Result[], commit: string): Row[] {
  const rows = new Map(before.map((row) => [row.id, row]));
  for (const result of results) rows.set(result.id, toRow(result, commit, rows.get(result.id)));
  return [...rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Seeds that held at the same commit add up; one that did not hold stands alone. */
function toRow({ id, title, promises, seeds, result, seconds, note }: Result, commit: string, before?: Row): Row {
  const [, , , oldSeeds = '', oldResult, , oldCommit] = before?.cells ?? [];
  const adds = oldCommit === commit && oldResult === 'held' && result === 'held';
  const all = new Set([...(adds ? oldSeeds.split(', ') : []), ...seeds.map(String)]);
  return {
    id,
    cells: [id, title, promises.join(', '), [...all].join(', '), result, seconds.toFixed(0), commit, note],
  };
}

function markdown(rows: readonly Row[], { commit, kafka, postgres }: Versions): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return `# Fault results

Written by \`npm run faults\`; \`tools/faults/README.md\` says how to read and repeat it. Last run: commit ${commit}, Node
${process.version}, kafkajs ${versionOf('kafkajs')}, Kafka ${kafka}, PostgreSQL ${postgres}. A row names the commit that it was made at.

<!-- prettier-ignore -->
${[line(HEAD), line(HEAD.map(() => '---')), ...rows.map(({ cells }) => line(cells))].join('\n')}
`;
}

/** Short hash of the commit, with a plus when the tree differs from it. */
export function currentCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--', '.', ':!docs/reference/fault-results.md') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

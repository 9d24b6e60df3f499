import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { configurationPage } from './configuration.ts';
import { financeDashboard } from './dashboards/finance.ts';
import { flowDashboard } from './dashboards/flow.ts';
import { serviceDashboard } from './dashboards/service.ts';
import { composeTargets, SERVICES } from './services.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const DASHBOARDS = 'deploy/grafana/dashboards';

/** Content by path from the root of the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const contents: [string, object | string][] = [
    ['docs/reference/configuration.md', await configurationPage(ROOT)],
    ['deploy/prometheus/targets.json', composeTargets()],
    [`${DASHBOARDS}/flow.json`, flowDashboard()],
    [`${DASHBOARDS}/finance.json`, financeDashboard()],
    ...SERVICES.map((service): [string, object] => [`${DASHBOARDS}/${service.name}.json`, serviceDashboard(service)]),
  ];
  const files = contents.map(async ([file, content]) => [file, await formatted(file, content)] as const);
  return new Map(await Promise.all(files));
}

async function formatted(file: string, content: object | string): Promise<string> {
  const options = await prettier.resolveConfig(file);
  return prettier.format(typeof content === 'string' ? content : JSON.stringify(content), {
    ...options,
    filepath: file,
  });
}

/** What does not stand in the tree as it would be generated, and dashboards that nothing generates. */
export function stale(root: string, files: ReadonlyMap<string, string>): string[] {
  const different = [...files].filter(([file, content]) => readOrNull(path.join(root, file)) !== content);
  return [...different.map(([file]) => file), ...leftOver(root, files)];
}

export function write(root: string, files: ReadonlyMap<string, string>): void {
  for (const [file, content] of files) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  for (const file of leftOver(root, files)) rmSync(path.join(root, file));
}

function leftOver(root: string, files: ReadonlyMap<string, string>): string[] {
  const present = listOrNone(path.join(root, DASHBOARDS)).map((name) => `${DASHBOARDS}/${name}`);
  return present.filter((file) => !files.has(file));
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

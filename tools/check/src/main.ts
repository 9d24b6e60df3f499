import { spawnSync } from 'node:child_process';
import { missingPaths } from './documented-paths.ts';

/** `npm run check`: everything CI looks at without starting anything. Prints the time of each part, goes on after a failure. */
interface Part {
  readonly name: string;
  /** @returns whether the part is in order; says on the terminal what is not */
  run(): boolean;
}

const COMPOSE_LINT = [
  ...['--max-warnings', '0'],
  ...['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'].flatMap((rule) => [
    '--disable-rule',
    rule,
  ]),
];

const parts: readonly Part[] = [
  { name: 'format', run: () => command('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'types', run: () => command('tsc', ['--noEmit', '-p', '.']) },
  // One process for the whole tree: a type-checking linter per project takes four times as long. The boundary rule needs Nx's
  // graph of the projects, which `nx show` draws.
  { name: 'lint', run: () => command('nx', ['show', 'projects']) && command('eslint', ['.']) },
  { name: 'contracts', run: () => tsx('tools/contracts/src/main.ts', ['check']) },
  { name: 'generated files', run: () => tsx('tools/contracts/src/main.ts', ['generate', '--check']) },
  { name: 'dashboards', run: () => tsx('tools/monitoring/src/main.ts', ['generate', '--check']) },
  // Its order is that of the start, from the broker to Grafana.
  { name: 'compose file', run: () => command('dclint', ['docker-compose.yml', ...COMPOSE_LINT]) },
  { name: 'documented paths', run: documentedPaths },
];

const failed = parts.filter(timed);
if (failed.length > 0) console.error(`\ncheck failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** @returns true when the part failed */
function timed(part: Part): boolean {
  const started = performance.now();
  const ok = part.run();
  console.info(`${ok ? 'ok    ' : 'FAILED'}  ${part.name} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  return !ok;
}

function command(name: string, args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync(name, args, {
    shell: process.platform === 'win32',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NX_DAEMON: 'false', PATH: `node_modules/.bin:${process.env['PATH'] ?? ''}` },
  });
  if (status !== 0) console.error(stdout + stderr);
  return status === 0;
}

function tsx(entry: string, args: readonly string[]): boolean {
  return command('node', ['--import', 'tsx', entry, ...args]);
}

function documentedPaths(): boolean {
  const missing = missingPaths(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']);
  for (const { file, path } of missing) console.error(`${file} names ${path}, which does not exist`);
  return missing.length === 0;
}

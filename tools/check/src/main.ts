import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { missingPaths } from './documented-paths.ts';

/** `npm run check`: everything CI looks at without starting anything. Prints the time of each part, goes on after a failure. */
interface Part {
  readonly name: string;
  /** @returns whether the part is in order; says on the terminal what is not */
  run(): Promise<boolean>;
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
  { name: 'lint', run: async () => (await command('nx', ['show', 'projects'])) && command('eslint', ['.']) },
  { name: 'contracts', run: () => tsx('tools/contracts/src/main.ts', ['check']) },
  { name: 'generated files', run: () => tsx('tools/contracts/src/main.ts', ['generate', '--check']) },
  { name: 'dashboards', run: () => tsx('tools/monitoring/src/main.ts', ['generate', '--check']) },
  // Its order is that of the start, from the broker to Grafana.
  { name: 'compose file', run: () => command('dclint', ['docker-compose.yml', ...COMPOSE_LINT]) },
  { name: 'documented paths', run: documentedPaths },
];

/** The linter takes half of the time and runs beside the others, which take their turns. */
async function inTurn(those: readonly Part[]): Promise<Part[]> {
  const bad: Part[] = [];
  for (const part of those) if (!(await timed(part))) bad.push(part);
  return bad;
}

const isLint = ({ name }: Part): boolean => name === 'lint';
const failed = (await Promise.all([inTurn(parts.filter(isLint)), inTurn(parts.filter((one) => !isLint(one)))])).flat();
if (failed.length > 0) console.error(`\ncheck failed: ${failed.map(({ name }) => name).join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function timed(part: Part): Promise<boolean> {
  const started = performance.now();
  const ok = await part.run();
  console.info(`${ok ? 'ok    ' : 'FAILED'}  ${part.name} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
  return ok;
}

async function command(name: string, args: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(name, args, {
      shell: process.platform === 'win32',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NX_DAEMON: 'false', PATH: `node_modules/.bin:${process.env['PATH'] ?? ''}` },
    });
    return true;
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as Error & { readonly stdout?: string; readonly stderr?: string };
    console.error(stdout + stderr || message);
    return false;
  }
}

function tsx(entry: string, args: readonly string[]): Promise<boolean> {
  return command('node', ['--import', 'tsx', entry, ...args]);
}

function documentedPaths(): Promise<boolean> {
  const missing = missingPaths(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']);
  for (const { file, path } of missing) console.error(`${file} names ${path}, which does not exist`);
  return Promise.resolve(missing.length === 0);
}

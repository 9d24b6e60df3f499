import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { postgresUrl, readStackFile, startStack } from '@tieout/stack';
import pg from 'pg';

/** A vendor's client that is not ours, with its lock file and judge.py or judge.mjs in `folder`. */
export interface VendorJudge {
  readonly vendor: 'anaplan' | 'netsuite' | 'salesforce' | 'sap';
  readonly folder: string;
  /** Installs what the lock file names and answers how to run the judge; Python's by default. */
  readonly command?: (vendor: string, folder: string) => Promise<readonly [string, ...string[]]>;
  startSandbox(databaseUrl: string): Promise<{ readonly credentials: object; close(): Promise<void> }>;
}

/** Lets the client work on a sandbox of its own, which it gets on standard input; answers the judge's exit code. */
export async function judgeVendor({
  vendor,
  folder,
  startSandbox,
  command = lockedPython,
}: VendorJudge): Promise<number> {
  const [program, ...args] = await command(vendor, folder);
  const file = process.env['TIEOUT_STACK_FILE'];
  const stack = file
    ? { ...readStackFile(file), stop: async () => undefined }
    : await startStack({ parts: ['postgres'] });
  const admin = new pg.Client({ connectionString: postgresUrl(stack.postgres) });
  const database = `judge_${vendor}_${process.pid}`;
  try {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${database}`);
    const sandbox = await startSandbox(postgresUrl(stack.postgres, database));
    const code = await run(program, args, { input: JSON.stringify(sandbox.credentials) });
    await sandbox.close();
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
    return code;
  } finally {
    await admin.end();
    await stack.stop();
  }
}

/** Python of a virtual environment with exactly what requirements.lock names; made once per lock file. */
async function lockedPython(vendor: string, folder: string): Promise<readonly [string, ...string[]]> {
  const lock = join(folder, 'requirements.lock');
  const venv = await installed(vendor, lock, async (target) => {
    await succeed('python3', ['-m', 'venv', target]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', lock];
    await succeed(join(target, 'bin', 'python'), install);
  });
  return [join(venv, 'bin', 'python'), join(folder, 'judge.py')];
}

/** This Node and a folder with exactly the packages that package-lock.json names; made once per lock file. */
export async function lockedNode(vendor: string, folder: string): Promise<readonly [string, ...string[]]> {
  const packages = await installed(vendor, join(folder, 'package-lock.json'), async (target) => {
    mkdirSync(target);
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(join(folder, file), join(target, file));
    await succeed('npm', ['ci', '--ignore-scripts', '--loglevel=error'], target);
  });
  return [process.execPath, join(folder, 'judge.mjs'), packages];
}

/** The folder that `install` fills; it is not asked again for the same lock file. */
async function installed(vendor: string, lock: string, install: (target: string) => Promise<void>): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 12);
  const cache =
    process.env['TIEOUT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tieout');
  const target = join(cache, `judge-${vendor}-${digest}`);
  // Written last: an environment that was interrupted half-way is made anew.
  const ready = join(target, 'ready');
  if (existsSync(ready)) return target;
  mkdirSync(cache, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  await install(target);
  writeFileSync(ready, '');
  return target;
}

async function succeed(command: string, args: readonly string[], cwd?: string): Promise<void> {
  const code = await run(command, args, cwd === undefined ? {} : { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: Python 3.10 and npm are needed`);
}

/** The exit code. */
function run(
  command: string,
  args: readonly string[],
  { input = '', cwd }: { readonly input?: string; readonly cwd?: string } = {},
): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], cwd });
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
    child.stdin.end(input);
  });
}

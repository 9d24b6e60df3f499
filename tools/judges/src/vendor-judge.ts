import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { postgresUrl, readStackFile, startStack } from '@tieout/stack';
import pg from 'pg';

/** A vendor's client that is not ours, with its lock file and judge.py in `folder`. */
export interface VendorJudge {
  readonly vendor: 'anaplan' | 'netsuite';
  readonly folder: string;
  startSandbox(databaseUrl: string): Promise<{ readonly credentials: object; close(): Promise<void> }>;
}

/** Lets the client work on a sandbox of its own, which it gets on standard input; answers the judge's exit code. */
export async function judgeVendor({ vendor, folder, startSandbox }: VendorJudge): Promise<number> {
  const python = await lockedPython(vendor, join(folder, 'requirements.lock'));
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
    const code = await run(python, [join(folder, 'judge.py')], JSON.stringify(sandbox.credentials));
    await sandbox.close();
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
    return code;
  } finally {
    await admin.end();
    await stack.stop();
  }
}

/** Python of a virtual environment with exactly what the lock file names; made once per lock file. */
async function lockedPython(vendor: string, lock: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 12);
  const cache =
    process.env['TIEOUT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tieout');
  const venv = join(cache, `judge-${vendor}-${digest}`);
  const python = join(venv, 'bin', 'python');
  // Written last: an environment that was interrupted half-way is made anew.
  const ready = join(venv, 'ready');
  if (existsSync(ready)) return python;
  mkdirSync(cache, { recursive: true });
  rmSync(venv, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', lock];
  for (const [command, args] of [['python3', ['-m', 'venv', venv]] as const, [python, install] as const])
    if ((await run(command, args)) !== 0) throw new Error(`${command} ${args.join(' ')} failed: Python 3.10 is needed`);
  writeFileSync(ready, '');
  return python;
}

/** The exit code. */
function run(command: string, args: readonly string[], input = ''): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
    child.stdin.end(input);
  });
}

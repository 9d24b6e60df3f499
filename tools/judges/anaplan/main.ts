import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startAnaplanSandbox } from '@tieout/sandbox';
import { postgresUrl, readStackFile, startStack } from '@tieout/stack';
import pg from 'pg';

/* The vendor's community client, anaplan-sdk for Python, works on the Anaplan sandbox: a judge of the protocol that is not ours. */

const LOCK = join(import.meta.dirname, 'requirements.lock');

async function main(): Promise<void> {
  const python = await judgePython();
  const file = process.env['TIEOUT_STACK_FILE'];
  const stack = file
    ? { ...readStackFile(file), stop: async () => undefined }
    : await startStack({ parts: ['postgres'] });
  const admin = new pg.Client({ connectionString: postgresUrl(stack.postgres) });
  const database = `judge_anaplan_${process.pid}`;
  try {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${database}`);
    const sandbox = await startAnaplanSandbox({
      databaseUrl: postgresUrl(stack.postgres, database),
      requestsPerMinute: 60_000,
    });
    process.exitCode = await run(python, [join(import.meta.dirname, 'judge.py')], JSON.stringify(sandbox.credentials));
    await sandbox.close();
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
  } finally {
    await admin.end();
    await stack.stop();
  }
}

/** Python of a virtual environment with exactly what the lock file names; made once per lock file and Python version. */
async function judgePython(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(LOCK)).digest('hex').slice(0, 12);
  const cache =
    process.env['TIEOUT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tieout');
  const venv = join(cache, `judge-anaplan-${digest}`);
  const python = join(venv, 'bin', 'python');
  // Written last: an environment that was interrupted half-way is made anew.
  const ready = join(venv, 'ready');
  if (existsSync(ready)) return python;
  mkdirSync(cache, { recursive: true });
  rmSync(venv, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', LOCK];
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

await main();

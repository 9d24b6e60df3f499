import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '..');
const LOCK = join(FOLDER, 'requirements.lock');

/** Python of a virtual environment with exactly what the lock file names; made once per lock file and Python version. */
export async function judgePython(): Promise<string> {
  const { output } = await run('python3', ['--version']);
  const digest = createHash('sha256').update(readFileSync(LOCK)).update(output).digest('hex').slice(0, 12);
  const cache =
    process.env['TIEOUT_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tieout');
  const venv = join(cache, `judges-${digest}`);
  const python = join(venv, 'bin', 'python');
  // Written last: an environment that was interrupted half-way is made anew.
  const ready = join(venv, 'ready');
  if (existsSync(ready)) return python;
  mkdirSync(cache, { recursive: true });
  rmSync(venv, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', venv]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', LOCK]);
  writeFileSync(ready, '');
  return python;
}

/** A topic as the judge reads it; see judge.py. */
export interface JudgedTopic {
  readonly topic: string;
  /** Field that the record key repeats, null when none does. */
  readonly key: string | null;
  readonly state: boolean;
  /** Values in the form of schemas/samples that the topic must hold, each once; null: any. */
  readonly expected: readonly unknown[] | null;
}

export interface TopicVerdict {
  readonly records: number;
  readonly tombstones: number;
  readonly problems: readonly string[];
}

/** Lets the foreign consumer read the topics. @throws when it could not run at all */
export async function judge(
  python: string,
  plan: { readonly brokers: readonly string[]; readonly registry: string; readonly topics: readonly JudgedTopic[] },
): Promise<ReadonlyMap<string, TopicVerdict>> {
  const { output } = await run(python, [join(FOLDER, 'judge.py')], JSON.stringify(plan), [0, 1]);
  if (output === '') throw new Error('The judge died without a verdict');
  return new Map(Object.entries((JSON.parse(output) as { topics: Record<string, TopicVerdict> }).topics));
}

interface Finished {
  readonly output: string;
}

function run(
  command: string,
  args: readonly string[],
  input = '',
  allowed: readonly number[] = [0],
): Promise<Finished> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.on('error', (cause) =>
      failed(new Error(`${command} cannot be started: Python 3.10 or newer is needed`, { cause })),
    );
    child.on('close', (code) =>
      allowed.includes(code ?? -1)
        ? done({ output })
        : failed(new Error(`${command} ${args.join(' ')} ended with ${String(code)}`)),
    );
    child.stdin.end(input);
  });
}

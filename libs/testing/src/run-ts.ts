import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

export interface RunOptions {
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A TypeScript program running as a process of its own. */
export interface TsProcess {
  readonly pid: number;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** Text of stderr so far. */
  stderr(): string;
  /** Resolves with the first matching line of stdout, past ones included; rejects at the end of the process or after the limit (default 30 s). */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Sends a signal; SIGKILL, SIGTERM, SIGSTOP, ... */
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>;
  /** Resolves at the end of the process. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Runs a TypeScript file with tsx as a child that dies with this process. */
export function runTs(file: string | URL, { args = [], env = {} }: RunOptions = {}): TsProcess {
  const path = file instanceof URL ? file.pathname : file;
  const loaders = [exitWithParent, tsxLoader].flatMap((loader) => ['--import', loader]);
  const child = spawn(process.execPath, [...loaders, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...withoutTestRunner(process.env), ...env },
  });
  const output = createInterface({ input: child.stdout as Readable });
  const lines: string[] = [];
  output.on('line', (line) => lines.push(line));
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<Awaited<TsProcess['exited']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    pid: child.pid as number,
    lines,
    stderr: () => stderr,
    exited,
    line: async (pattern, timeoutMs = 30_000) => {
      const found = await firstLine({ output, lines, pattern, exited, timeoutMs });
      if (found.line !== null) return found.line;
      throw new Error(
        `${path}: ${found.why} before ${pattern}\n${lines.slice(-20).join('\n')}\n${stderr.slice(-4_000)}`,
      );
    },
    signal: (signal) => void child.kill(signal),
    kill,
  };
}

interface LineWait {
  readonly output: Interface;
  readonly lines: readonly string[];
  readonly pattern: RegExp;
  readonly exited: Promise<unknown>;
  readonly timeoutMs: number;
}

function firstLine(wait: LineWait): Promise<{ line: string } | { line: null; why: string }> {
  return new Promise((resolve) => {
    const settle = (result: { line: string } | { line: null; why: string }) => {
      clearTimeout(timer);
      wait.output.off('line', look);
      resolve(result);
    };
    const look = () => {
      const line = wait.lines.find((one) => wait.pattern.test(one));
      if (line !== undefined) settle({ line });
    };
    const timer = setTimeout(() => settle({ line: null, why: `${wait.timeoutMs} ms passed` }), wait.timeoutMs);
    wait.output.on('line', look);
    void wait.exited.then(() => {
      look();
      settle({ line: null, why: 'it ended' });
    });
    look();
  });
}

const exitWithParent = new URL('./exit-with-parent.mjs', import.meta.url).href;
const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A child is a program like any other, not a part of the test runner. */
function withoutTestRunner(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|NODE_ENV|TEST)/.test(name)));
}

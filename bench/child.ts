import { type ChildProcess, fork } from 'node:child_process';
import { basename } from 'node:path';

/** A program under measurement, in a process of its own that ends with this one. */
export interface Child {
  readonly pid: number;
  /** The next message of that kind, past ones included; rejects when the process ends first. */
  next<T>(kind: string, timeoutMs?: number): Promise<T>;
  send(kind: string, body?: unknown): void;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

interface Envelope {
  readonly kind: string;
  readonly body: unknown;
}

/** Starts a program and waits until it says that it is ready. @param more flags of Node's */
export async function startChild(
  file: URL,
  config: object,
  profile: string | null = null,
  more: readonly string[] = [],
): Promise<Child> {
  const name = basename(file.pathname, '.ts');
  const flags = ['--disable-warning=TimeoutNegativeWarning', '--import', import.meta.resolve('tsx'), ...more];
  if (profile !== null) flags.push('--cpu-prof', `--cpu-prof-dir=${profile}`);
  const process = fork(file, [JSON.stringify(config)], {
    execArgv: flags,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const child = wrap(name, process, profile !== null);
  try {
    await child.next('ready', 60_000);
  } catch (error) {
    await child.end();
    throw error;
  }
  return child;
}

/** Runs a program that answers once, and ends. */
export async function runChild<T>(file: URL, config: object, timeoutMs = 300_000): Promise<T> {
  const child = await startChild(file, config);
  try {
    return await child.next<T>('result', timeoutMs);
  } finally {
    await child.end();
  }
}

function wrap(name: string, process: ChildProcess, isProfiled: boolean): Child {
  const received: Envelope[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let over = false;
  const wake = (): void => [...waiting].forEach((look) => look());
  process.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
  process.on('message', (message) => {
    received.push(message as Envelope);
    wake();
  });
  const exited = new Promise<void>((resolve) => {
    process.once('close', () => resolve());
    // After a disconnect there is no close; what it wrote last has come by then.
    process.once('exit', () => void setTimeout(resolve, 200));
  });
  void exited.then(() => {
    over = true;
    wake();
  });
  const next = <T>(kind: string, timeoutMs = 300_000): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        act();
      };
      const look = (): void => {
        const index = received.findIndex((message) => message.kind === kind);
        const [message] = index < 0 ? [] : received.splice(index, 1);
        if (message !== undefined) settle(() => resolve(message.body as T));
        else if (over) settle(() => reject(new Error(`${name} ended before it said "${kind}"\n${stderr}`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${name} did not say "${kind}" within ${timeoutMs} ms\n${stderr}`))),
        timeoutMs,
      );
      waiting.add(look);
      look();
    });
  return {
    pid: process.pid as number,
    next,
    send: (kind, body) => void process.send?.({ kind, body }),
    async end() {
      // A profile is written at an orderly end.
      if (isProfiled && process.connected) process.disconnect();
      else process.kill('SIGKILL');
      await exited;
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuardianMessage, GuardianRequest, SpawnSpec } from './guardian-protocol.ts';
import { FOLDER_PREFIX, removeStack } from './sweep.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The process that owns a stack's processes and folder, seen from the program that asked for the stack. */
export interface Guardian {
  readonly pid: number;
  readonly folder: string;
  /** Starts a process; resolves to its pid. Rejects when the command cannot be run. */
  spawn(spec: SpawnSpec): Promise<number>;
  /** Runs a command to its end; rejects with the end of its log unless it exits with 0. */
  run(spec: Omit<SpawnSpec, 'endSignal'>): Promise<void>;
  signal(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Resolves when the process named last ends, at once when it is not running. */
  exited(name: string): Promise<Exit>;
  isRunning(name: string): boolean;
  /** Ends every process and removes the folder. */
  stop(): Promise<void>;
}

type Request = GuardianRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;
interface Waiter {
  resolve(pid: number): void;
  reject(error: Error): void;
}

/** @param announcement a file that the guardian removes together with the folder */
export async function startGuardian(announcement: string | null = null): Promise<Guardian> {
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user when we are root, and has to get at its data.
  const script = fileURLToPath(new URL('./guardian.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, ...(announcement === null ? [] : [announcement])], {
    detached: true,
    // An inherited loader or inspector would slow it down or take the owner's port.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return connect(child, folder);
}

async function connect(child: ChildProcess, folder: string): Promise<Guardian> {
  const waiters = new Map<number, Waiter>();
  const exits = new Map<string, { promise: Promise<Exit>; resolve(exit: Exit): void }>();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let lastId = 0;
  let awaited = 0;
  let ready: Waiter | null = null;

  child.on('message', (message: GuardianMessage) => {
    if (message.kind === 'ready') ready?.resolve(0);
    else if (message.kind === 'exit') settleExit(message.name, message);
    else settle(message.id, message);
  });
  // Killed itself: what it owned is ended from here, and whoever waits is told.
  child.once('exit', () => {
    const error = new Error('the guardian of the local stack has ended');
    for (const waiter of [ready, ...waiters.values()]) waiter?.reject(error);
    waiters.clear();
    for (const name of [...exits.keys()]) settleExit(name, { code: null, signal: null });
    void removeStack(folder);
  });
  await new Promise<number>((resolve, reject) => {
    ready = { resolve, reject };
  });
  hold(0);

  function settle(id: number, message: GuardianMessage): void {
    const waiter = waiters.get(id);
    waiters.delete(id);
    if (message.kind === 'failed') waiter?.reject(new Error(message.message));
    else if (message.kind === 'done') waiter?.resolve(message.pid ?? 0);
    if (waiter !== undefined) hold(-1);
  }

  function settleExit(name: string, exit: Exit): void {
    exits.get(name)?.resolve({ code: exit.code, signal: exit.signal });
    exits.delete(name);
  }

  /** The guardian keeps the program alive only while an answer is awaited: a program that forgets to stop its stack still ends. */
  function hold(change: number): void {
    awaited += change;
    if (awaited > 0) {
      child.ref();
      child.channel?.ref();
    } else {
      child.unref();
      child.channel?.unref();
    }
  }

  function request(body: Request): Promise<number> {
    return new Promise((resolve, reject) => {
      lastId += 1;
      waiters.set(lastId, { resolve, reject });
      hold(+1);
      child.send({ ...body, id: lastId }, (error) => error && settle(lastId, failure(lastId, error)));
    });
  }

  const guardian: Guardian = {
    pid: child.pid as number,
    folder,
    spawn: (spec) => {
      exits.set(spec.name, Promise.withResolvers<Exit>());
      return request({ op: 'spawn', spec }).catch((error: Error) => {
        settleExit(spec.name, { code: null, signal: null });
        throw error;
      });
    },
    run: async (spec) => {
      const spawned = guardian.spawn({ ...spec, endSignal: 'SIGKILL' });
      // Asked for before the start is confirmed: a short run may have ended by then.
      const [exit] = await Promise.all([guardian.exited(spec.name), spawned]);
      if (exit.code !== 0) throw new Error(`${spec.name} failed (${exit.code ?? exit.signal}):\n${tail(spec.logFile)}`);
    },
    signal: async (name, signal) => void (await request({ op: 'signal', name, signal })),
    exited: async (name) => {
      hold(+1);
      const exit = await (exits.get(name)?.promise ?? { code: null, signal: null });
      hold(-1);
      return exit;
    },
    isRunning: (name) => exits.has(name),
    stop: async () => {
      hold(+1);
      if (child.connected) child.send({ op: 'stop', id: 0 }, () => undefined);
      await gone;
    },
  };
  return guardian;
}

function failure(id: number, error: Error): GuardianMessage {
  return { kind: 'failed', id, message: error.message };
}

/** The last lines of a log, to tell why something did not start. */
export function tail(logFile: string, lines = 25): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

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
  const keepAlive = keepAliveOf(child);
  const exits = exitsBoard(keepAlive);
  const requests = requestsTo(child, keepAlive);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: GuardianMessage) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'exit') exits.settle(message.name, message);
      else requests.settle(message);
    });
    child.once('exit', () => reject(new Error(ENDED)));
  });
  // Killed itself: whoever waits is told, and what it owned is ended from here.
  child.once('exit', () => {
    requests.settleAll();
    exits.settleAll();
    void removeStack(folder);
  });
  await ready;
  keepAlive(0);

  const guardian: Guardian = {
    pid: child.pid as number,
    folder,
    spawn: async (spec) => {
      exits.expect(spec.name);
      try {
        return await requests.ask({ op: 'spawn', spec });
      } catch (error) {
        exits.settle(spec.name, NO_EXIT);
        throw error;
      }
    },
    run: async (spec) => {
      const spawned = guardian.spawn({ ...spec, endSignal: 'SIGKILL' });
      // Asked for before the start is confirmed: a short run may have ended by then.
      const [exit] = await Promise.all([guardian.exited(spec.name), spawned]);
      if (exit.code === 0) return;
      throw new Error(`${spec.name} failed (${String(exit.code ?? exit.signal)}):\n${tail(spec.logFile)}`);
    },
    signal: async (name, signal) => void (await requests.ask({ op: 'signal', name, signal })),
    exited: exits.of,
    isRunning: exits.isExpected,
    stop: async () => {
      keepAlive(+1);
      if (child.connected) child.send({ op: 'stop', id: 0 } satisfies GuardianRequest, () => undefined);
      await gone;
    },
  };
  return guardian;
}

const ENDED = 'the guardian of the local stack has ended';
const NO_EXIT: Exit = { code: null, signal: null };

/** Counts what is awaited. The guardian keeps the program alive only meanwhile: one that forgets to stop its stack still ends. */
type KeepAlive = (change: number) => void;

function keepAliveOf(child: ChildProcess): KeepAlive {
  let awaited = 0;
  return (change) => {
    awaited += change;
    const how = awaited > 0 ? 'ref' : 'unref';
    child[how]();
    child.channel?.[how]();
  };
}

/** Requests under way. */
function requestsTo(child: ChildProcess, keepAlive: KeepAlive) {
  type Body = GuardianRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;
  type Answer = Exclude<GuardianMessage, { kind: 'ready' | 'exit' }>;
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  const settle = (answer: Answer): void => {
    waiting.get(answer.id)?.(answer);
    if (waiting.delete(answer.id)) keepAlive(-1);
  };
  return {
    settle,
    settleAll: (): void => {
      for (const id of [...waiting.keys()]) settle({ kind: 'failed', id, message: ENDED });
    },
    ask: (body: Body): Promise<number> =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, (answer) => {
          if (answer.kind === 'failed') reject(new Error(answer.message));
          else resolve(answer.pid ?? 0);
        });
        keepAlive(+1);
        child.send({ ...body, id }, (error) => error && settle({ kind: 'failed', id, message: error.message }));
      }),
  };
}

/** Processes whose end is still to come. */
function exitsBoard(keepAlive: KeepAlive) {
  const expected = new Map<string, { readonly promise: Promise<Exit>; resolve(exit: Exit): void }>();
  const settle = (name: string, { code, signal }: Exit): void => {
    expected.get(name)?.resolve({ code, signal });
    expected.delete(name);
  };
  return {
    settle,
    settleAll: (): void => [...expected.keys()].forEach((name) => settle(name, NO_EXIT)),
    expect: (name: string): void => void expected.set(name, Promise.withResolvers<Exit>()),
    isExpected: (name: string): boolean => expected.has(name),
    of: async (name: string): Promise<Exit> => {
      keepAlive(+1);
      const exit = await (expected.get(name)?.promise ?? NO_EXIT);
      keepAlive(-1);
      return exit;
    },
  };
}

/** The last lines of a log, to tell why something did not start. */
export function tail(logFile: string, lines = 25): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

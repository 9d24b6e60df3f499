import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SupervisedService {
  readonly name: string;
  /** TypeScript entry. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface SupervisorOptions {
  /** Folder for log and ready files. */
  readonly folder: string;
  readonly onEvent: (text: string) => void;
}

export interface Supervisor {
  start(service: SupervisedService): Promise<void>;
  /** Address of the service that runs now; waits while it restarts. */
  url(name: string): Promise<string>;
  /** SIGKILL; the service comes back by itself. */
  kill(name: string): void;
  pids(): Readonly<Record<string, number>>;
  /** The service as it runs now; null while it restarts. */
  running(name: string): { readonly url: string; readonly pid: number } | null;
  /** Called whenever a service has ended, and when it is back under another address. */
  onChange(changed: () => void): void;
  /** Aborts when a service cannot be kept running, with the reason. */
  readonly broken: AbortSignal;
  /** Last lines of a service's log. */
  tail(name: string, lines: number): readonly string[];
  stop(): Promise<void>;
}

/** A service ends again and again, or is not configured; the message has the end of its log. */
export class NotRunnable extends Error {}

interface Running extends SupervisedService {
  child: ChildProcess | null;
  url: string | null;
  /** Ends in a row without having been ready in between. */
  failures: number;
}

const MAX_FAILURES = 4;
const LOG_LINES = 8;
const READY_POLL_MS = 100;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 12_000;
const NOT_CONFIGURED = 78;

/** Keeps services running as child processes. A child's standard input is a pipe: when this process dies, the child sees its end and stops. */
export function createSupervisor({ folder, onEvent }: SupervisorOptions): Supervisor {
  mkdirSync(folder, { recursive: true });
  const services = new Map<string, Running>();
  const broken = new AbortController();
  let stopping = false;
  let changed = (): void => undefined;

  const launch = (service: Running): void => {
    rmSync(readyFile(folder, service.name), { force: true });
    service.url = null;
    service.child = spawnService(folder, service);
    service.child.once('exit', (code, signal) => void afterExit(service, code, signal));
  };

  const afterExit = async (service: Running, code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
    service.url = null;
    if (stopping) return;
    changed();
    const how = signal ?? `exit code ${String(code)}`;
    service.failures += 1;
    if (code === NOT_CONFIGURED || service.failures > MAX_FAILURES) {
      const log = tailOf(logFile(folder, service.name), LOG_LINES).map((line) => `  ${line.slice(0, 2_000)}`);
      return broken.abort(new NotRunnable(`${service.name} cannot be kept running (${how}):\n${log.join('\n')}`));
    }
    const pauseMs = 250 * 2 ** (service.failures - 1);
    onEvent(
      `${service.name} ended (${how}), restarting in ${pauseMs} ms${signal === null ? lastWords(folder, service.name) : ''}`,
    );
    await sleep(pauseMs);
    if (stopping) return;
    launch(service);
    await ready(service).then(
      () => {
        onEvent(`${service.name} is back, pid ${String(service.child?.pid)}`);
        changed();
      },
      (error: unknown) => broken.abort(error),
    );
  };

  const ready = async (service: Running): Promise<string> => {
    const deadline = performance.now() + START_LIMIT_MS;
    while (service.url === null) {
      broken.signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new NotRunnable(`${service.name} was not ready within ${START_LIMIT_MS / 1000} s`);
      service.url = readyUrl(folder, service);
      if (service.url === null) await sleep(READY_POLL_MS);
    }
    service.failures = 0;
    return service.url;
  };

  const named = (name: string): Running => {
    const service = services.get(name);
    if (service === undefined) throw new Error(`${name} is not supervised`);
    return service;
  };

  return {
    broken: broken.signal,
    async start(definition) {
      const service: Running = { ...definition, child: null, url: null, failures: 0 };
      services.set(definition.name, service);
      launch(service);
      await ready(service);
    },
    url: (name) => ready(named(name)),
    kill: (name) => void named(name).child?.kill('SIGKILL'),
    pids: () => Object.fromEntries([...services].map(([name, { child }]) => [name, child?.pid ?? 0])),
    running(name) {
      const { child, url } = named(name);
      return url === null || child?.pid === undefined ? null : { url, pid: child.pid };
    },
    onChange: (listener) => void (changed = listener),
    tail: (name, lines) => tailOf(logFile(folder, name), lines),
    async stop() {
      stopping = true;
      await Promise.all([...services.values()].map(({ child }) => stopChild(child)));
    },
  };
}

const readyFile = (folder: string, name: string): string => path.join(folder, `${name}.ready.json`);
const logFile = (folder: string, name: string): string => path.join(folder, `${name}.log`);

function spawnService(folder: string, { name, entry, env }: SupervisedService): ChildProcess {
  const log = openSync(logFile(folder, name), 'a', 0o600);
  try {
    return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), entry], {
      stdio: ['pipe', log, log],
      env: { ...inherited(), ...env, EXIT_ON_STDIN_CLOSE: 'true', READY_FILE: readyFile(folder, name) },
    });
  } finally {
    closeSync(log);
  }
}

/** A service gets its own configuration and what any program needs, not the environment of whoever started the demo. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG', 'TZ'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** The file may be of the process before: only the pid of the current one counts. */
function readyUrl(folder: string, { name, child }: Running): string | null {
  try {
    const { pid, url } = JSON.parse(readFileSync(readyFile(folder, name), 'utf8')) as { pid: number; url: string };
    return pid === child?.pid ? url : null;
  } catch {
    return null;
  }
}

function tailOf(file: string, lines: number): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
  } catch {
    return [];
  }
}

/** The error that a service logged last, when it ended by one. */
function lastWords(folder: string, name: string): string {
  const line = tailOf(logFile(folder, name), 1)[0] ?? '';
  const message = /"err":\{.*?"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return message === undefined ? '' : `: ${message.slice(0, 300)}`;
}

async function stopChild(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

/**
 * Owns the processes of one stack, so that they cannot outlive the program that asked for them: whatever way that
 * program ends, even by SIGKILL, the channel to it closes, and the guardian ends everything and removes the folder.
 * Runs detached, so a Ctrl-C in the terminal reaches the owner only. Usage: guardian.ts FOLDER [ANNOUNCEMENT].
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { GuardianMessage, GuardianRequest, SpawnSpec, StackRecord } from './guardian-protocol.ts';
import { identify } from './process-identity.ts';
import { endProcesses, recordPath, removeStack } from './sweep.ts';

const [folder = '', announcement = null] = process.argv.slice(2);
const children = new Map<string, { readonly child: ChildProcess; readonly record: StackRecord['processes'][number] }>();
let ending: Promise<void> | null = null;

process.on('message', (request: GuardianRequest) => void answer(request));
process.on('disconnect', () => void end());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
process.on('uncaughtException', (error) => {
  console.error(error);
  void end();
});
writeRecord();
tell({ kind: 'ready' });
// An owner that was killed while this file loaded has disconnected before anyone listened.
if (!process.connected) void end();

async function answer(request: GuardianRequest): Promise<void> {
  try {
    if (request.op === 'stop') return await end();
    const pid = request.op === 'spawn' ? await start(request.spec) : signal(request.name, request.signal);
    tell({ kind: 'done', id: request.id, pid });
  } catch (error) {
    tell({ kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function start(spec: SpawnSpec): Promise<number> {
  if (ending !== null) throw new Error('the stack is being stopped');
  const log = openSync(spec.logFile, 'a', 0o644);
  const child = spawn(spec.command, spec.args, {
    stdio: ['ignore', log, log],
    cwd: spec.cwd ?? folder,
    env: { ...process.env, ...spec.env },
    ...(spec.uid === undefined ? {} : { uid: spec.uid }),
    ...(spec.gid === undefined ? {} : { gid: spec.gid }),
  });
  closeSync(log);
  const failure = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([failure, new Promise<void>((resolve) => child.once('spawn', resolve))]);
  adopt(spec, child);
  return child.pid as number;
}

function adopt(spec: SpawnSpec, child: ChildProcess): void {
  child.once('exit', (code, signalName) => {
    children.delete(spec.name);
    writeRecord();
    tell({ kind: 'exit', name: spec.name, code, signal: signalName });
  });
  const identity = identify(child.pid as number);
  if (identity === null) return;
  children.set(spec.name, { child, record: { ...identity, name: spec.name, endSignal: spec.endSignal } });
  writeRecord();
}

function signal(name: string, signalName: NodeJS.Signals): number {
  const child = children.get(name)?.child;
  if (child === undefined) throw new Error(`no process ${name} is running`);
  child.kill(signalName);
  return child.pid as number;
}

function end(): Promise<void> {
  // From memory, not from the record: the folder may have been removed under us.
  ending ??= endProcesses([...children.values()].map((one) => one.record))
    .then(() => removeStack(folder))
    .then(() => process.exit(0));
  return ending;
}

/** Written before the owner hears of a process: what is not in the record could be orphaned. */
function writeRecord(): void {
  if (ending !== null) return;
  const guardian = identify(process.pid);
  if (guardian === null) throw new Error('cannot read the start time of this process');
  const processes = [...children.values()].map((one) => one.record);
  const record: StackRecord = { host: hostname(), guardian, announcement, processes };
  writeFileSync(`${recordPath(folder)}.new`, JSON.stringify(record));
  renameSync(`${recordPath(folder)}.new`, recordPath(folder));
}

function tell(message: GuardianMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

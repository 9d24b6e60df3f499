import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackRecord } from './guardian-protocol.ts';
import { isAlive, signalProcess } from './process-identity.ts';

/** Every stack lives in a folder of this name in the system's temporary folder. */
export const FOLDER_PREFIX = 'tieout-stack-';
const RECORD = 'stack.json';
const NEWBORN_MS = 60_000;
const GRACE_MS = 3_000;

export function recordPath(folder: string): string {
  return join(folder, RECORD);
}

/** Ends and removes what stacks left behind whose guardian was killed. Touches only processes that such a stack recorded. */
export async function sweepAbandoned(root: string = tmpdir()): Promise<string[]> {
  const folders = readdirSync(root)
    .filter((name) => name.startsWith(FOLDER_PREFIX))
    .map((name) => join(root, name))
    .filter(isAbandoned);
  await Promise.all(folders.map(removeStack));
  return folders;
}

/** Ends a stack's processes, waits for them, removes its folder and its announcement. */
export async function removeStack(folder: string): Promise<void> {
  const record = readRecord(folder);
  if (record !== null) await endProcesses(record.processes);
  if (record?.announcement != null) removeAnnouncement(record.announcement, folder);
  removeFolder(folder);
}

/** Ends processes each by its own signal, and by SIGKILL those that outlive the grace. */
export async function endProcesses(processes: StackRecord['processes']): Promise<void> {
  for (const one of processes) signalProcess(one, one.endSignal);
  for (const one of processes) signalProcess(one, 'SIGCONT');
  const deadline = Date.now() + GRACE_MS;
  while (processes.some(isAlive) && Date.now() < deadline) await delay(20);
  for (const one of processes) signalProcess(one, 'SIGKILL');
  while (processes.some(isAlive) && Date.now() < deadline + GRACE_MS) await delay(20);
}

/** Another stack may have announced itself at the same path since: only a file that names this folder goes. */
export function removeAnnouncement(file: string, folder: string): void {
  try {
    if (readFileSync(file, 'utf8').includes(JSON.stringify(folder))) rmSync(file, { force: true });
  } catch {
    // Already gone.
  }
}

export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  } catch {
    // Another user's folder, or one that a dying process still fills: the next start tries again.
  }
}

function isAbandoned(folder: string): boolean {
  const record = readRecord(folder);
  if (record === null) return ageOf(folder) > NEWBORN_MS;
  return record.host === hostname() && !isAlive(record.guardian);
}

function readRecord(folder: string): StackRecord | null {
  try {
    return JSON.parse(readFileSync(recordPath(folder), 'utf8')) as StackRecord;
  } catch {
    return null;
  }
}

function ageOf(folder: string): number {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}

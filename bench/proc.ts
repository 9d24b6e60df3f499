import { readFileSync } from 'node:fs';

/** Clock ticks of /proc: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time in seconds that a process has used so far, null where /proc does not tell. */
export function cpuSeconds(pid: number): number | null {
  const fields = statOf(pid);
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Of a process with its children, also those that have ended: PostgreSQL has one per connection. */
export function treeCpuSeconds(pid: number): number | null {
  const fields = statOf(pid);
  if (fields === null) return null;
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + (cpuSeconds(child) ?? 0), own);
}

/** Most memory that a process has held so far, in MiB. */
export function maxRssMiB(pid: number): number | null {
  return statusMiB(pid, 'VmHWM');
}

/** Memory that a process holds now, in MiB. */
export function rssMiB(pid: number): number | null {
  return statusMiB(pid, 'VmRSS');
}

function statusMiB(pid: number, field: string): number | null {
  const text = read(`/proc/${pid}/status`);
  const kib = text === null ? undefined : new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1];
  return kib === undefined ? null : Number(kib) / 1024;
}

/** The fields after the name, which may hold spaces itself: state is the first. */
function statOf(pid: number): string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.replace(/^.*\) /s, '').split(' ');
}

function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

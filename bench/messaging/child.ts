import * as programs from '../child.ts';

export type { Child } from '../child.ts';

const subject = (name: string): URL => new URL(`./subjects/${name}.ts`, import.meta.url);

/** Starts bench/messaging/subjects/<name>.ts and waits until it says that it is ready. */
export function startChild(name: string, config: object, profile: string | null = null): Promise<programs.Child> {
  return programs.startChild(subject(name), config, profile);
}

/** Runs a program that answers once, and ends. */
export function runChild<T>(name: string, config: object, timeoutMs?: number): Promise<T> {
  return programs.runChild<T>(subject(name), config, timeoutMs);
}

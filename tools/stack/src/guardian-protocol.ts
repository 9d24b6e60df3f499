import type { ProcessIdentity } from './process-identity.ts';

/** What the guardian is asked to run. */
export interface SpawnSpec {
  /** Unique among the living processes of the stack, for example `kafka-1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the stack's folder. */
  readonly cwd?: string;
  /** Gets stdout and stderr, appended. */
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
  /** How it is ended when the stack goes; its data goes too, so the quickest way that leaves nothing behind. */
  readonly endSignal: NodeJS.Signals;
}

export type GuardianRequest =
  | { readonly id: number; readonly op: 'spawn'; readonly spec: SpawnSpec }
  | { readonly id: number; readonly op: 'signal'; readonly name: string; readonly signal: NodeJS.Signals }
  | { readonly id: number; readonly op: 'stop' };

export type GuardianMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly pid?: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'exit'; readonly name: string; readonly code: number | null; readonly signal: string | null };

/** Contents of `stack.json` in a stack's folder: enough for a later start to end what a killed guardian left. */
export interface StackRecord {
  /** Process ids mean nothing on another host that shares the folder. */
  readonly host: string;
  readonly guardian: ProcessIdentity;
  /** File that announces this stack to others; goes with it. */
  readonly announcement: string | null;
  readonly processes: readonly (ProcessIdentity & { readonly name: string; readonly endSignal: NodeJS.Signals })[];
}

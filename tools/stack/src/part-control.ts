import type { Guardian } from './guardian-client.ts';
import type { SpawnSpec } from './guardian-protocol.ts';

/** What tests do to a part of the stack that is one process. */
export interface PartControl {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on its port and data; resolves when it answers. What it held in memory is lost. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): Promise<void>;
  /** Ends a pause. */
  resume(): Promise<void>;
}

/** @param ready resolves when the process answers */
export function partControl(guardian: Guardian, spec: SpawnSpec, ready: () => Promise<unknown>): PartControl {
  return {
    kill: async () => {
      const exited = guardian.exited(spec.name);
      await guardian.signal(spec.name, 'SIGKILL');
      await exited;
    },
    start: async () => {
      await guardian.spawn(spec);
      await ready();
    },
    pause: () => guardian.signal(spec.name, 'SIGSTOP'),
    resume: () => guardian.signal(spec.name, 'SIGCONT'),
  };
}

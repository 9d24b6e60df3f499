import type { Pool } from 'pg';
import type { Faults } from './faults.ts';
import type { TaskRunner } from './task.worker.ts';

/** What every part of the sandbox's API works on. */
export interface Context {
  readonly pool: Pool;
  readonly runner: TaskRunner;
  readonly faults: Faults;
  readonly now: () => Date;
  /** Scheme, host and port as the caller sees them; known once the server listens. */
  readonly baseUrl: () => string;
}

import type { Environment } from './environment.ts';
import type { Killing } from './killing.ts';
import type { DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';
import type { until } from './wait.ts';

/** What a scene plays on. */
export interface Stage {
  readonly environment: Environment;
  readonly options: Pick<DemoOptions, 'patienceMs'>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly killing: Killing;
}

/** What came of it. */
export interface Outcome {
  /** What `--report` writes and `--json` prints. */
  readonly report: object;
  /** The same for a person. */
  readonly text: string;
  /** Whether everything came out as it should. */
  readonly agreed: boolean;
}

/** One way to use the demo, read and checked before anything is started. */
export interface Scene {
  readonly title: string;
  play(stage: Stage): Promise<Outcome>;
}

/** How this stage waits: as long as something moves, telling what is missing. */
export function waiting({ options, progress, signal }: Stage, what: string): Parameters<typeof until>[1] {
  return {
    what,
    patienceMs: options.patienceMs,
    signal,
    intervalMs: 500,
    onState: (missing) => progress.state(missing),
  };
}

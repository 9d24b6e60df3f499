import type { Environment } from './environment.ts';
import type { Measurement } from './measurement.ts';
import type { Options } from './options.ts';

/** What one scenario gets: the stack and the sizes. */
export interface Bench {
  readonly environment: Environment;
  readonly options: Options;
}

/** One subject under one question; run once a round, after what its part prepared once. */
export interface Scenario {
  readonly name: string;
  run(bench: Bench): Promise<Measurement[]>;
}

/** A group of scenarios on the same preparation, chosen by name with --only. */
export interface Part {
  readonly name: string;
  readonly about: string;
  prepare(bench: Bench): Promise<void>;
  finish?(bench: Bench): Promise<void>;
  readonly scenarios: readonly Scenario[];
}

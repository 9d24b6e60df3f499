import type * as rounds from '../rounds.ts';
import type { Environment } from './environment.ts';
import type { Options } from './options.ts';

/** What one scenario gets: the servers and the sizes. */
export interface Bench {
  readonly environment: Environment;
  readonly options: Options;
}
export type Scenario = rounds.Scenario<Bench>;
export type Part = rounds.Part<Bench>;

export const OURS = 'tieout';
export const BARE = 'bare reading of the same pages';

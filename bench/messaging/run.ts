import { chosen, type Listener, type Run, runRounds } from '../rounds.ts';
import { startEnvironment } from './environment.ts';
import type { Options } from './options.ts';
import { parts } from './parts.ts';

/** Runs the chosen scenarios on a stack of its own. */
export async function run(options: Options, listener: Listener): Promise<Run> {
  const some = chosen(parts, options.only);
  const environment = await startEnvironment((message) => listener.log(message));
  try {
    return await runRounds(some, { environment, options }, options.rounds, listener);
  } finally {
    await environment.stop();
  }
}

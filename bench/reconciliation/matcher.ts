import { type Child, startChild } from '../child.ts';
import type { Dataset } from './dataset.ts';
import type { Options } from './options.ts';
import type { Request } from './subjects/matcher.ts';

/** The service's code in a process of its own. */
export interface Matcher extends AsyncDisposable {
  readonly pid: number;
  ask<Answer>(request: Request): Promise<Answer>;
}

const PATIENCE_MS = 20 * 60_000;
/** Without a limit the engine lets garbage lie as long as the machine has memory, and its size would say nothing. */
export const HEAP_MIB = 256;

export async function startMatcher(dataset: Dataset, { profile }: Options): Promise<Matcher> {
  const program = new URL('./subjects/matcher.ts', import.meta.url);
  const child: Child = await startChild(program, dataset, profile, [`--max-old-space-size=${HEAP_MIB}`]);
  return {
    pid: child.pid,
    ask<Answer>(request: Request) {
      child.send('do', request);
      return child.next<Answer>('done', PATIENCE_MS);
    },
    [Symbol.asyncDispose]: () => child.end(),
  };
}

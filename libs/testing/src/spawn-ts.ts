import { atEndOfFile } from './cleanup.ts';
import { runTs, type RunOptions, type TsProcess } from './run-ts.ts';

/** As runTs, and ended when the spec file is, at the latest. */
export function spawnTs(file: string | URL, options: RunOptions = {}): TsProcess {
  const child = runTs(file, options);
  atEndOfFile(child.kill);
  return child;
}

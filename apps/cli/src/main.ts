/** `npm run tieout -- …`: looks at a running Tieout from outside. */
import { NoAnswer, NoRunningDemo } from '@tieout/demo';
import { EXIT } from './command-line.ts';
import { program } from './commands.ts';
import { NoToken } from './token.ts';

try {
  await program().parseAsync();
} catch (error) {
  // What is not there, or does not answer, is no bug of this program: its stack helps nobody.
  const expected = [NoRunningDemo, NoAnswer, NoToken].some((kind) => error instanceof kind);
  const text = expected || !(error instanceof Error) ? String((error as Error).message) : error.stack;
  process.stderr.write(`${text ?? ''}\n`);
  process.exitCode = error instanceof NoRunningDemo ? EXIT.nothingRuns : EXIT.notReady;
}

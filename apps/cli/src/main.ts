/** `npm run tieout -- …`: looks at a running Tieout from outside. */
import { NoAnswer, NoRunningDemo } from '@tieout/demo';
import { EXIT, program } from './commands.ts';

try {
  await program().parseAsync();
} catch (error) {
  // What is not there, or does not answer, is no bug of this program: its stack helps nobody.
  const expected = error instanceof NoRunningDemo || error instanceof NoAnswer;
  const text = expected || !(error instanceof Error) ? String((error as Error).message) : error.stack;
  process.stderr.write(`${text ?? ''}\n`);
  process.exitCode = error instanceof NoRunningDemo ? EXIT.nothingRuns : EXIT.notReady;
}

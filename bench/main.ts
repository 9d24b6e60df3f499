import { messaging } from './messaging/main.ts';

/** `npm run bench -- <what> [options]`. */
const [what, ...args] = process.argv.slice(2);
if (what === 'messaging') process.exit(await messaging(args).catch(explain));
console.error('npm run bench -- messaging [--help]');
process.exit(2);

/** What the caller got wrong is said in a line, everything else with its stack. */
function explain(error: unknown): number {
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? error.message : error);
  return 2;
}

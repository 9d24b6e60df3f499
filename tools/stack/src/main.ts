/** `npm run stack`: holds a local stack for development until Ctrl-C. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { postgresUrl, type StackAnnouncement } from './handle.ts';
import { PrerequisiteError } from './prerequisites.ts';
import { identify } from './process-identity.ts';
import { type RunningStack, STACK_PARTS, type StackPart, startStack } from './start-stack.ts';

interface Flags {
  readonly brokers: number;
  readonly file: string;
  readonly json?: true;
  readonly parts?: readonly StackPart[];
}

class UsageError extends Error {}

const program = new Command('npm run stack --')
  .description(
    'Starts Kafka, a schema registry, PostgreSQL and an issuer of bearer tokens on free local ports and holds them until Ctrl-C.',
  )
  .option('--brokers <n>', 'number of Kafka brokers', brokerCount, 1)
  .option('--file <path>', 'announces the stack in this JSON file while it runs', '.tieout/stack.json')
  .option('--parts <list>', 'only these of kafka,registry,postgres,issuer', partList)
  .option('--json', 'prints the addresses as JSON, and nothing else, to standard output')
  .showHelpAfterError();

await hold(program.parse().opts<Flags>()).catch((error: unknown) => {
  // What the user can mend is told plainly; anything else with its stack.
  console.error(error instanceof PrerequisiteError || error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
});

async function hold(flags: Flags): Promise<void> {
  const stopped = new Promise<void>((done) => {
    // Not once: npm passes a Ctrl-C on to a program that has got it from the terminal already.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
    // tools/run.mjs started us and was killed.
    process.once('disconnect', () => done());
    process.channel?.unref();
  });
  const file = resolve(flags.file);
  refuseSecond(file);
  const starting = startStack({
    brokers: flags.brokers,
    ...(flags.parts === undefined ? {} : { parts: flags.parts }),
    announcement: file,
    onProgress: (message) => console.error(message),
  });
  const stack = await Promise.race([starting, stopped]);
  // Stopped while starting: leaving closes the channel to the guardian, which ends what has started.
  if (stack === undefined) process.exit(130);
  announce(stack, file, flags.json === true);
  const alive = setInterval(() => undefined, 2 ** 30);
  await stopped;
  clearInterval(alive);
  console.error('stopping');
  await stack.stop();
}

/** Two stacks behind one file would leave the first unannounced as soon as the second stops. */
function refuseSecond(file: string): void {
  const announced = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackAnnouncement) : null;
  if (announced === null || !existsSync(announced.folder) || identify(announced.pid) === null) return;
  throw new UsageError(`${file} announces a running stack (process ${announced.pid}); stop it or use --file PATH`);
}

function announce(stack: RunningStack, file: string, asJson: boolean): void {
  const { brokers, registryUrl, postgres, issuer, folder } = stack;
  const announcement: StackAnnouncement = { brokers, registryUrl, postgres, issuer, folder, pid: process.pid };
  const text = JSON.stringify(announcement, null, 2);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  console.log(asJson ? text : table(stack, file));
}

function table(stack: RunningStack, file: string): string {
  const rows = [
    ['Kafka', stack.brokers.join(',')],
    ['Schema registry', stack.registryUrl],
    ['PostgreSQL', stack.postgres.port === 0 ? '' : postgresUrl(stack.postgres)],
    ['Issuer of tokens', stack.issuer?.url ?? ''],
    ['Logs and data', stack.folder],
    ['Announced in', file],
  ] as const;
  return [
    ...rows.filter(([, where]) => where !== '').map(([what, where]) => `${what.padEnd(18)}${where}`),
    'Ctrl-C stops it.',
  ].join('\n');
}

function brokerCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 9) throw new InvalidArgumentError('a number from 1 to 9');
  return count;
}

function partList(text: string): StackPart[] {
  return text.split(',').map((name) => {
    const part = STACK_PARTS.find((one) => one === name);
    if (part === undefined) throw new InvalidArgumentError(`some of ${STACK_PARTS.join(',')}`);
    return part;
  });
}

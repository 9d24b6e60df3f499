/** `npm run demo`: the whole pipeline on this machine, from CRM to cash to plan, tied out. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorKind } from '@tieout/messaging';
import { PrerequisiteError } from '@tieout/stack';
import { startEnvironment, type Environment } from './environment.ts';
import { announce, type Announcement } from './announcement.ts';
import { createKilling } from './killing.ts';
import { openLookouts } from './lookouts.ts';
import { CrmRefusal } from './month-end/load-crm.ts';
import { monthEndScene } from './month-end/scene.ts';
import { readOptions, SERVICES, type DemoOptions } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { UnusableFile } from './receivables.ts';
import { receivablesScene } from './run.ts';
import type { Outcome } from './scene.ts';
import { NotRunnable } from './supervisor.ts';
import { WaitedInVain } from './wait.ts';

const EXIT = { agreed: 0, differs: 1, unusable: 2, interrupted: 130 } as const;

/** Asked to stop by a person, a signal or the end of whoever started the demo. */
class Interrupted extends Error {}

class UnusableReport extends Error {}

// Not by itself: what was interrupted while it started may still be at work, and ends with this process.
process.exit(await main(readOptions(process.argv)));

async function main(options: DemoOptions): Promise<number> {
  const progress = createProgress(process.stderr);
  const stop = stopSignal();
  try {
    return await demo(options, progress, stop);
  } catch (error) {
    if (stop.aborted) return EXIT.interrupted;
    const unusable = [UnusableFile, UnusableReport, PrerequisiteError].some((kind) => error instanceof kind);
    console.error(unusable || isExpected(error) ? (error as Error).message : error);
    return unusable ? EXIT.unusable : EXIT.differs;
  }
}

/** A stack trace helps with a bug only. */
function isExpected(error: unknown): boolean {
  return [WaitedInVain, NotRunnable, CrmRefusal].some((kind) => error instanceof kind) || errorKind(error) !== 'bug';
}

async function demo(options: DemoOptions, progress: Progress, stop: AbortSignal): Promise<number> {
  const scene = options.scenario === 'month-end' ? monthEndScene(options) : receivablesScene(options);
  const reportFile = writableReport(options);
  progress.step(scene.title);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => progress.step('Stopping'));
  const environment = await interruptible(stop, startEnvironment(resources, progress));
  const announcement = announce(resources, environment, options, progress);
  const links = await interruptible(stop, openLookouts(resources, environment, announcement, progress));
  const signal = AbortSignal.any([stop, environment.supervisor.broken]);
  const killing = createKilling(options.kill, environment.supervisor, progress);
  try {
    const outcome = await interruptible(signal, scene.play({ environment, options, progress, signal, killing }));
    show(outcome, reportFile, announcement, options, progress);
    if (!options.once) await stayUp(environment, links, progress, signal);
    return outcome.agreed ? EXIT.agreed : EXIT.differs;
  } catch (error) {
    if (!stop.aborted) showLogs(environment);
    throw error;
  }
}

/** Ends the waiting, not the work: what it started is ended with the resources. */
async function interruptible<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

/** A second Ctrl-C within a second is the same keystroke seen twice (npm sends it on); a later one means now. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let askedAt = 0;
  const ask = (): void => {
    if (stop.signal.aborted && performance.now() - askedAt > 1_000) process.exit(EXIT.interrupted);
    askedAt = performance.now();
    stop.abort(new Interrupted('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  process.once('disconnect', ask);
  process.channel?.unref();
  return stop.signal;
}

/** Before anything starts: a run must not be lost for want of a folder. @throws UnusableReport */
function writableReport({ report }: DemoOptions): string | null {
  if (report === null) return null;
  const file = path.resolve(process.env['INIT_CWD'] ?? '.', report);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const isNew = !existsSync(file);
    closeSync(openSync(file, 'a'));
    if (isNew) rmSync(file);
    return file;
  } catch (error) {
    throw new UnusableReport(`--report ${file} cannot be written: ${(error as Error).message}`);
  }
}

function show(
  { report, text }: Outcome,
  file: string | null,
  announcement: Announcement,
  { json }: DemoOptions,
  progress: Progress,
): void {
  const written = `${JSON.stringify(report, null, 2)}\n`;
  announcement.reported(written);
  if (file !== null) {
    writeFileSync(file, written);
    progress.note(`report: ${file}`);
  }
  process.stdout.write(json ? written : `\n${text}\n`);
}

async function stayUp(
  environment: Environment,
  links: Readonly<Record<string, string>>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.step('Everything stays up until Ctrl-C');
  for (const [name, url] of Object.entries(links)) progress.note(`${name.padEnd(20)} ${url}`);
  for (const service of SERVICES) progress.note(`${service.padEnd(20)} ${await environment.supervisor.url(service)}`);
  for (const [vendor, url] of Object.entries(environment.vendorUrls)) progress.note(`${vendor.padEnd(20)} ${url}`);
  progress.note(`${'Kafka'.padEnd(20)} ${environment.stack.brokers.join(',')}`);
  progress.note(`${'Schema registry'.padEnd(20)} ${environment.stack.registryUrl}`);
  if (environment.stack.issuer !== null)
    progress.note(`${'Issuer of tokens'.padEnd(20)} ${environment.stack.issuer.url}`);
  const alive = setInterval(() => undefined, 2 ** 30);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  clearInterval(alive);
}

function showLogs({ supervisor }: Environment): void {
  for (const service of SERVICES)
    for (const line of supervisor
      .tail(service, 200)
      .filter((text) => /"level":("(warn|error|fatal)"|[456]0)|^[^{]/.test(text))
      .slice(-5))
      console.error(`${service}: ${line.slice(0, 1_000)}`);
}

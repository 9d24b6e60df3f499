import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { targets } from '@tieout/monitoring';
import { freePorts, type RunningStack } from '@tieout/stack';

const RULES = path.resolve(import.meta.dirname, '../../../deploy/prometheus');
const READY_LIMIT_MS = 30_000;
const NAME = 'prometheus';

export interface RunningPrometheus {
  readonly url: string;
  /** Scrapes these from now on, by the name of the service. */
  watch(services: Readonly<Record<string, { readonly url: string }>>): void;
}

/** Whether Prometheus can be started here: its program is on the PATH. */
export function hasPrometheus(): boolean {
  return spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Starts Prometheus with our scrape configuration and rules, on a free port of this machine, as a part of the stack: its data is
 * in the stack's folder, and it ends with the stack. @throws when it does not become ready
 */
export async function startPrometheus(
  stack: Pick<RunningStack, 'folder' | 'spawn' | 'exited'>,
): Promise<RunningPrometheus> {
  const folder = path.join(stack.folder, NAME);
  cpSync(RULES, folder, { recursive: true });
  writeTargets(folder, {});
  const [port = 0] = await freePorts(1);
  const logFile = path.join(stack.folder, `${NAME}.log`);
  await stack.spawn({
    name: NAME,
    command: 'prometheus',
    args: [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    logFile,
    endSignal: 'SIGKILL',
  });
  const url = `http://127.0.0.1:${port}`;
  const ended = stack.exited(NAME).then(({ code, signal }) => {
    throw new Error(`Prometheus ended with ${signal ?? String(code)}:\n${readFileSync(logFile, 'utf8').slice(-1_000)}`);
  });
  await Promise.race([ready(url), ended]);
  ended.catch(() => undefined);
  return { url, watch: (services) => writeTargets(folder, services) };
}

/** In one step: Prometheus watches the file. */
function writeTargets(folder: string, services: Readonly<Record<string, { readonly url: string }>>): void {
  const addresses = Object.fromEntries(Object.entries(services).map(([name, { url }]) => [name, new URL(url).host]));
  const file = path.join(folder, 'targets.json');
  writeFileSync(`${file}.new`, JSON.stringify(targets(addresses)));
  renameSync(`${file}.new`, file);
}

async function ready(url: string): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  for (;;) {
    const answered = await fetch(`${url}/-/ready`)
      .then(({ ok }) => ok)
      .catch(() => false);
    if (answered) return;
    if (performance.now() > deadline) throw new Error(`Prometheus was not ready within ${READY_LIMIT_MS / 1_000} s`);
    await sleep(100);
  }
}

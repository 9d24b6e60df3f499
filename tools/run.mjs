// Starts a TypeScript entry of this repository from whatever Node is at hand: `node tools/run.mjs <entry.ts> [arguments]`.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const OLDEST = [20, 19];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
  fail(
    `Node ${OLDEST.join('.')} or newer is needed, this is ${process.versions.node}. See https://nodejs.org/en/download`,
  );

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) fail('usage: node tools/run.mjs <entry.ts> [arguments]');
if (!installed()) install();
run();

/** Whether node_modules holds what the lock file names; npm notes what it installed in node_modules/.package-lock.json. */
function installed() {
  const wanted = packages('package-lock.json');
  const present = packages('node_modules/.package-lock.json');
  if (wanted === undefined) fail('package-lock.json is missing or unreadable: is this a complete clone?');
  if (present === undefined) return false;
  return Object.entries(wanted).every(
    ([name, { version, link, optional }]) =>
      name === '' || link || optional || !name.includes('node_modules/') || present[name]?.version === version,
  );
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error('Installing dependencies (npm ci), once per clone and lock file…');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
  const { status, error } = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund'], options);
  if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ''}; its output is above.`);
}

/** A program of ours gets a channel: when this process is killed the channel closes, and the child ends what it started. */
function run() {
  const node = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const stdio = ['inherit', 'inherit', 'inherit', ...(entry.endsWith('.ts') ? ['ipc'] : [])];
  // kafkajs computes a negative timeout now and then, which newer Node remarks on.
  const flags = ['--disable-warning=TimeoutNegativeWarning', '--import', import.meta.resolve('tsx')];
  const child = spawn(node, [...flags, path.resolve(root, entry), ...args], { stdio });
  // A terminal sends Ctrl-C to the child as well; sent a second time, it would look like impatience.
  const forward = (signal) => void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  // The same holds for whoever started this process with a channel.
  process.on('disconnect', () => process.exit(1));
  endWithNpm(child);
  child.on('error', (error) => fail(`${node} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

/**
 * npm that is killed takes neither its shell nor this process along, and what it started would stay. Only a change counts: a
 * parent may be 1 from the start. Not started by npm, the parent may be a shell that was meant to end before.
 */
function endWithNpm(child) {
  if (!process.env.npm_lifecycle_script?.includes('tools/run.mjs')) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const watch = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || isAlive(npm))) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  watch.unref();
}

/** undefined where it cannot be told, as on Windows. */
function parentOf(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
  const parent = status === 0 ? Number(stdout) : 0;
  return parent > 1 ? parent : undefined;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

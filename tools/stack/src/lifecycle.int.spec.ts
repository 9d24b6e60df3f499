import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, spawnTs, type TsProcess } from '@tieout/testing';
import pg from 'pg';
import { expect, test } from 'vitest';
import { postgresUrl, readStackFile, type StackHandle } from './handle.ts';
import { requestToken } from './issuer-client.ts';
import { identify } from './process-identity.ts';
import { startStack } from './start-stack.ts';

interface Held extends StackHandle {
  readonly program: TsProcess;
  readonly folder: string;
  readonly guardianPid: number;
  readonly pids: readonly number[];
}

/** Starts a program that owns a stack; all parts, unless a test is about something that one part shows as well. */
async function hold(parts = 'kafka,registry,postgres,issuer'): Promise<Held> {
  const program = spawnTs(new URL('./fixtures/hold-stack.ts', import.meta.url), { args: [parts] });
  return { program, ...(JSON.parse(await program.line(/^\{/, 110_000)) as Omit<Held, 'program'>) };
}

/** Awaits that no process and no file of a stack is left. */
async function untilGone({ pids, guardianPid, folder }: Held): Promise<void> {
  await eventually(() => [...pids, guardianPid].every((pid) => identify(pid) === null) && !existsSync(folder), {
    describe: () => ({
      alive: [...pids, guardianPid].filter((pid) => identify(pid) !== null),
      folder: existsSync(folder),
    }),
  });
}

test('nothing of a stack outlives an owner that is killed', { timeout: 120_000 }, async () => {
  const held = await hold();
  expect(held.pids).toHaveLength(4);
  await held.program.kill();
  await untilGone(held);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'nothing of a stack outlives an owner that gets %s',
  async (signal) => {
    const held = await hold('postgres');
    held.program.signal(signal);
    await held.program.exited;
    await untilGone(held);
  },
);

test('an owner ends what a killed guardian leaves', async () => {
  const held = await hold('postgres');
  process.kill(held.guardianPid, 'SIGKILL');
  await untilGone(held);
});

test('the next start ends what a stack leaves whose guardian and owner were killed together', async () => {
  const held = await hold('postgres');
  held.program.signal('SIGSTOP'); // So it cannot react to the end of its guardian.
  process.kill(held.guardianPid, 'SIGKILL');
  await held.program.kill();
  expect(held.pids.every((pid) => identify(pid) !== null)).toBe(true);
  const next = await startStack({ parts: ['postgres'] });
  await untilGone(held);
  await next.stop();
});

test('a start that fails leaves nothing behind and says why', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'tieout-empty-cache-'));
  const mvn = join(cache, 'mvn');
  writeFileSync(mvn, '#!/bin/sh\necho "no route to the repository"; exit 1\n', { mode: 0o755 });
  const env = { TIEOUT_CACHE: cache, PATH: `${cache}:${process.env['PATH']}` };
  const program = spawnTs(new URL('./main.ts', import.meta.url), { args: ['--file', join(cache, 'stack.json')], env });
  await expect(program.exited).resolves.toMatchObject({ code: 1 });
  expect(program.stderr()).toMatch(/maven-\w+ failed \(1\):\nno route to the repository/);
  rmSync(cache, { recursive: true });
});

test('stacks of two programs run side by side with data of their own', async () => {
  const [one, other] = await Promise.all([hold('postgres'), hold('postgres')]);
  expect(one.postgres.port).not.toBe(other.postgres.port);
  const client = new pg.Client({ connectionString: postgresUrl(other.postgres) });
  await client.connect();
  await one.program.kill();
  await untilGone(one);
  await expect(client.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
  await client.end();
  await other.program.kill();
  await untilGone(other);
});

test('npm run stack announces its stack in a file while it runs, and only then', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-announcement-'));
  const file = join(folder, 'nested', 'stack.json');
  const program = spawnTs(new URL('./main.ts', import.meta.url), { args: ['--file', file] });
  await program.line(/^Ctrl-C/, 110_000);
  const announced = JSON.parse(readFileSync(file, 'utf8')) as StackHandle & { folder: string };
  const { issuer } = readStackFile(file);
  expect(await requestToken(issuer!)).toMatch(/^eyJ/);
  const secret = readFileSync(issuer!.clientSecretFile, 'utf8').trim();
  expect(`${readFileSync(file, 'utf8')}${program.lines.join()}${program.stderr()}`).not.toContain(secret);
  const subjects = await fetch(`${announced.registryUrl}/subjects`);
  expect(await subjects.json()).toEqual([]);
  const second = spawnTs(new URL('./main.ts', import.meta.url), { args: ['--file', file] });
  await expect(second.exited).resolves.toMatchObject({ code: 1 });
  expect(second.stderr()).toMatch(/announces a running stack .* use --file PATH/);
  program.signal('SIGINT');
  await expect(program.exited).resolves.toMatchObject({ code: 0 });
  expect([existsSync(file), existsSync(announced.folder)]).toEqual([false, false]);
  rmSync(folder, { recursive: true });
});

test('npm run stack ends its stack when the program that ran it is killed', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-announcement-'));
  const file = join(folder, 'stack.json');
  const args = ['tools/stack/src/main.ts', '--parts', 'postgres', '--file', file];
  const launcher = spawnTs(new URL('../../run.mjs', import.meta.url), { args });
  await launcher.line(/^Ctrl-C/, 60_000);
  const announced = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; folder: string };
  expect(announced.pid).not.toBe(launcher.pid);
  await launcher.kill();
  await eventually(() => identify(announced.pid) === null && !existsSync(announced.folder) && !existsSync(file));
  rmSync(folder, { recursive: true });
});

test('settings of PostgreSQL stand beside those of the stack', async () => {
  const stack = await startStack({ parts: ['postgres'], postgresSettings: { wal_level: 'logical' } });
  const client = new pg.Client({ connectionString: postgresUrl(stack.postgres) });
  await client.connect();
  const setting = async (name: string) =>
    ((await client.query<[string]>({ text: `SHOW ${name}`, rowMode: 'array' })).rows[0] ?? [])[0];
  expect([await setting('wal_level'), await setting('fsync'), await setting('max_connections')]).toEqual([
    'logical',
    'on',
    '200',
  ]);
  await client.end();
  await stack.stop();
});

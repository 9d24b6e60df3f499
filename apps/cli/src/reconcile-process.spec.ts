import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Command } from 'commander';
import type { InputFlags } from './reconcile-flags.ts';
import { withInput } from './reconcile-options.ts';
import { csv } from './reconcile.fixture.ts';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-cli-reconcile-'));
beforeAll(() => {
  writeFileSync(path.join(folder, 'l.csv'), csv('1,2026-03-31,12.50,EUR,INV-1,Acme,'));
  writeFileSync(path.join(folder, 'r.csv'), csv('a,2026-03-31,12.50,EUR,INV-1,Acme,'));
  writeFileSync(path.join(folder, 'bad.csv'), csv('a,2026-03-31,NaN,EUR,INV-1,Acme,'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Fails when something is loaded that the file mode does not need. */
const NOTHING_HEAVY = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (/^(kafkajs|pg|typeorm|@nestjs|@grpc|@tieout.(demo|messaging|platform))/.test(name)) throw new Error('loads ' + name);
  return next(name, context);
} });`)}`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function tieout(...args: string[]): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--import', NOTHING_HEAVY, MAIN, 'reconcile', ...args],
    {
      // As npm does: it runs in the package's folder and says where the user was.
      env: { ...process.env, INIT_CWD: folder },
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

describe.concurrent('the process', { timeout: 60_000 }, () => {
  it('compares files where the command was typed, without loading anything of the stack', async () => {
    const { code, stdout, stderr } = await tieout('--left', 'l.csv', '--right', 'r.csv', '--out', 'result.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('tie out');
    const result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as { groups: unknown[] };
    expect(result.groups).toMatchObject([{ outcome: 'matched', left: ['1'], right: ['a'] }]);
  });

  it('answers bad input with exit code 2 and no result', async () => {
    const { code, stdout, stderr } = await tieout('--left', 'l.csv', '--right', 'bad.csv', '--out', 'bad.json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/bad\.csv, line 2, amount: "NaN"/);
    expect(existsSync(path.join(folder, 'bad.json'))).toBe(false);
  });

  it('shows every option with an example', async () => {
    const { code, stdout } = await tieout('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/--skip-bad-rows[^]*Examples:[^]*--left ledger\.csv/);
  });

  it('answers a wrong command line with exit code 2, for 1 means that something is open', async () => {
    const { code, stderr } = await tieout('--left', 'l.csv');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--right/);
  });
});

describe('the command line', () => {
  const parse = (...args: string[]): InputFlags => {
    const command = withInput(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    return command.parse(['--left', '/l', '--right', '/r', ...args], { from: 'user' }).opts();
  };

  it('takes options for both sides or for one', () => {
    const flags = parse(
      '--decimal',
      'comma',
      '--decimal',
      'right:point',
      '--columns',
      'left:id=Voucher No,amount=Total',
    );
    expect(flags.decimal).toEqual({ left: 'comma', right: 'point' });
    expect(flags.columns).toEqual({ left: { id: 'Voucher No', amount: 'Total' } });
  });

  it('takes several files of a side', () => {
    expect(parse('--right', '/r2', '/r3').right).toEqual(['/r', '/r2', '/r3']);
  });

  it.each([
    ['a day that does not exist', ['--as-of', '2026-02-30'], /a day that exists/],
    ['a column that is none', ['--columns', 'sum=Total'], /columns are id, date/],
    ['an encoding that is none', ['--encoding', 'left:ebcdic'], /one of utf-8/],
    ['a decimal mark that is none', ['--decimal', ','], /one of comma, point/],
    ['a date format that is none', ['--date-format', 'right:DD.MM.YY'], /no date format/],
    ['a currency that is none', ['--currency', 'EURO'], /ISO 4217/],
  ])('refuses %s', (_, args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});

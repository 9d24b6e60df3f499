import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PLANT_NAMES } from './month-end/plant.ts';
import { monthEndReportShape, type MonthEndReport } from './month-end/report-shape.ts';
import { SERVICES } from './options.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const demo = (...args: string[]): Promise<Ended> => watched(args, () => undefined);
/** Each demo announces itself in a file of its own: several run at a time. */
const announced = (name: string): readonly [option: string, file: string] => ['--discovery', path.join(folder, name)];
const monthEnd = (stdout: string): MonthEndReport => monthEndReportShape.parse(JSON.parse(stdout));

/** @param onStderr gets all that was said so far, whenever there is more */
function watched(args: readonly string[], onStderr: (said: string) => void): Promise<Ended> {
  const child = spawn('node', ['tools/run.mjs', 'tools/demo/src/main.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // with the channel closed by our end, it ends too
  });
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => onStderr((stderr += chunk.toString())));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Cents by place and measure, summed here and not by the code under test. */
function independentSums(lines: readonly string[], asOf: string): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (key: string, cents: bigint): void => void sums.set(key, (sums.get(key) ?? 0n) + cents);
  const iso = (text: string): string => {
    const [month, day, year] = text.split('/');
    return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  };
  for (const line of lines) {
    const [country, , , , invoiced, , amount, , settled] = line.split(',');
    const cents = BigInt(amount!.replace('.', ''));
    if (iso(invoiced!) > asOf) continue;
    add(`${country} ${iso(invoiced!).slice(0, 7)} invoices`, 100n);
    add(`${country} ${iso(invoiced!).slice(0, 7)} invoiced`, cents);
    if (settled && iso(settled) <= asOf) add(`${country} ${iso(settled).slice(0, 7)} paid`, cents);
    else add(`${country} ${iso(invoiced!).slice(0, 7)} open`, cents);
  }
  return sums;
}

function reportedSums(figures: readonly Record<string, string | number>[]): Map<string, bigint> {
  const entries = figures.flatMap((figure) =>
    (['invoices', 'invoiced', 'paid', 'open'] as const).map((measure): [string, bigint] => {
      const text = measure === 'invoices' ? `${figure[measure]}.00` : String(figure[measure]);
      return [`${figure['country']} ${figure['month']} ${measure}`, BigInt(text.replace('.', ''))];
    }),
  );
  return new Map(entries.filter(([, cents]) => cents !== 0n));
}

const sorted = (sums: Map<string, bigint>): [string, string][] =>
  [...sums].map(([key, cents]): [string, string] => [key, cents.toString()]).sort();

// Two at a time, because each mostly waits, and not more, because each is a machine full of processes.
describe('the demo', () => {
  it.concurrent(
    'comes out the same when every service is killed on the way, and lacks the breaks of what is not planted',
    async () => {
      const without = 'billed-twice';
      const kills = SERVICES.flatMap((service) => ['--kill', service]);
      const args = ['--once', '--json', '--seed', '7', '--customers', '18', '--without', without, ...kills];
      const { code, stdout, stderr } = await demo(...args, ...announced('killed.json'));
      expect({ code, tail: code === 0 ? '' : stderr.slice(-3_000) }).toEqual({ code: 0, tail: '' });
      for (const service of SERVICES) expect(stderr).toContain(`${service} ended (SIGKILL)`);
      const { planted, breaks } = monthEnd(stdout);
      expect(planted.map(({ plant }) => plant)).toEqual(PLANT_NAMES.filter((name) => name !== without));
      expect(breaks.map(({ kind }) => kind)).not.toContain('duplicate');
    },
  );
});

describe('the demo of a file of receivables', () => {
  it.concurrent('brings it through every station to the cent, though rows are malformed', async () => {
    const [header, ...rows] = readFileSync(path.join(ROOT, 'tools/demo/data/receivables.csv'), 'utf8')
      .trim()
      .split('\n');
    const good = rows.slice(0, 40);
    // Behind the good rows: NetSuite itself refuses the name of this legal entity.
    const refused = 'Parent Company,K-9999,Somebody,999003,2/3/2025,,10.00,No,';
    const bad = [
      'DE,K-1021,Moorbach Optik,999001,2/30/2025,,10.00,No,',
      'DE,K-1021,Somebody Else,999002,2/3/2025,,10.00,No,',
    ];
    const file = path.join(folder, 'receivables.csv');
    writeFileSync(file, [header, ...good.slice(0, 20), ...bad, ...good.slice(20), refused].join('\n'));
    const report = path.join(folder, 'report.json');
    const args = ['--once', '--receivables', file, '--as-of', '2025-05-31', '--report', report];
    const { code, stdout, stderr } = await demo(...args, ...announced('receivables.json'));

    expect({ code, tail: code === 0 ? '' : stderr.slice(-3_000) }).toEqual({ code: 0, tail: '' });
    expect(stdout).toContain('agree to the cent');
    const written = JSON.parse(readFileSync(report, 'utf8')) as {
      stations: Record<string, Record<string, string | number>[]>;
      rejected: { line: number; reason: string }[];
      breaks: unknown[];
      topics: Record<string, number>;
    };
    const expected = sorted(independentSums(good, '2025-05-31'));
    for (const station of ['file', 'erp', 'topic', 'planning'])
      expect(sorted(reportedSums(written.stations[station]!)), station).toEqual(expected);
    expect(written.rejected.map(({ line }) => line)).toEqual([22, 23, good.length + 4]);
    expect(written.rejected.at(-1)?.reason).toContain('legal entity Parent Company: NetSuite');
    expect(written.breaks).toEqual([]);
    // Who was billed only after the day is not loaded.
    const billed = good.filter((line) => independentSums([line], '2025-05-31').size > 0);
    const customers = new Set(billed.map((line) => line.split(',')[1])).size;
    expect(written.topics['finance.customer.v1']).toBeGreaterThanOrEqual(customers);
  });

  it.concurrent('ends, when the stations never agree, with a report of every difference and exit code 1', async () => {
    const file = path.join(folder, 'two.csv');
    writeFileSync(
      file,
      'countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate\nDE,K-1,1,1/2/2000,,10.00,No,\nFR,K-1,2,12/31/2099,,5.50,No,\n',
    );
    const report = path.join(folder, 'new-folder', 'differs.json');
    let publisher = 0;
    let state: 'running' | 'held' | 'released' = 'running';
    const args = ['--once', '--receivables', file, '--patience', '5', '--report', report, ...announced('differs.json')];
    const { code, stdout, stderr } = await watched(args, (said) => {
      publisher ||= Number(/planning-publisher +pid (\d+)/.exec(said)?.[1] ?? 0);
      if (publisher !== 0 && state === 'running') {
        process.kill(publisher, 'SIGSTOP');
        state = 'held';
      }
      if (state === 'held' && said.includes('Reading every station')) {
        process.kill(publisher, 'SIGCONT');
        state = 'released';
      }
    });
    expect({ code, tail: code === 1 ? '' : stderr.slice(-3_000) }).toEqual({ code: 1, tail: '' });
    const { breaks } = JSON.parse(readFileSync(report, 'utf8')) as { breaks: Record<string, string>[] };
    expect(breaks).toContainEqual(expect.objectContaining({ kind: 'incomplete', object: 'NetSuite to planning' }));
    const planning = ['DE|2000-01|USD', 'FR|2099-12|USD'].flatMap((object) =>
      ['invoices', 'invoiced', 'open'].map((measure) => `stations planning-${measure} ${object}: expected`),
    );
    for (const line of planning) expect(stdout).toContain(line);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('refuses a report that it cannot write before it starts anything', async () => {
    const notAFolder = path.join(folder, 'file');
    writeFileSync(notAFolder, '');
    const { code, stderr } = await demo('--once', '--report', path.join(notAFolder, 'report.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be written');
    expect(stderr).not.toContain('Starting');
  });

  it('refuses a file that it cannot use before it starts anything', async () => {
    const file = path.join(folder, 'no-columns.csv');
    writeFileSync(file, 'a,b\n1,2\n');
    const { code, stderr } = await demo('--once', '--receivables', file);
    expect(code).toBe(2);
    expect(stderr).toContain('missing in the header: countryCode');
    expect(stderr).not.toContain('Starting');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { program } from './commands.ts';
import type { FileComparison } from './rules-compare.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tieout-rules-offline-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}
const rulesOf = (name: string, amount: string): string =>
  file(
    `${name}.yaml`,
    `name: ${name}\nrules: [{ kind: match, name: ref, keys: [reference], outcome: matched${amount} }]\n`,
  );

const left = file(
  'left.csv',
  'id,date,amount,currency,reference\na,2026-03-01,100.00,EUR,INV-1\nb,2026-03-02,50.00,EUR,INV-2\n',
);
const right = file(
  'right.csv',
  'id,date,amount,currency,reference\nn,2026-03-01,100.00,EUR,INV-1\no,2026-03-03,49.99,EUR,INV-2\n',
);
const [strict, loose] = [rulesOf('strict', ''), rulesOf('loose', ', amount: { minorUnits: 1 }')];

/** What it prints, and the exit code. */
async function rules(...args: string[]): Promise<{ out: string; said: string; code: unknown }> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const spy of [out, said]) spy.mockClear();
  await program().parseAsync(['rules', ...args], { from: 'user' });
  const text = (spy: typeof out): string => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
  return { out: text(out), said: text(said), code: process.exitCode ?? 0 };
}
const compare = (before: string[], after: string, ...more: string[]): ReturnType<typeof rules> =>
  rules('compare', '--left', left, '--right', right, ...before, '--with', after, ...more);

describe('rules check', () => {
  it('says that rules are good, and which they are', async () => {
    expect(await rules('check', strict)).toMatchObject({ out: expect.stringContaining('1 rules: ref'), code: 0 });
  });

  it('names every problem and where it is, with exit code 1', async () => {
    const bad = file('bad.yaml', 'name: bad\nrules:\n  - { kind: match, name: ref, keys: [ref], outcome: sure }\n');
    const { out, code } = await rules('check', bad);
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => line.includes('bad.yaml:3:')).length).toBeGreaterThanOrEqual(2);
    const { problems } = JSON.parse((await rules('check', bad, '--json')).out) as { problems: { path: string }[] };
    expect(problems.map(({ path: at }) => at)).toContain('rules[0].outcome');
  });
});

describe('rules compare', () => {
  it('shows what wider rules gain between two files', async () => {
    const { out, code } = await compare(['--rules', strict], loose);
    expect(code).toBe(0);
    expect(out).toContain('loose instead of strict, as of 2026-03-03: 2 items left, 2 right');
    expect(out).toMatch(/GAINED +ref 1 +50.00 EUR +1/);
    expect(out).toMatch(/was +break amount \[b \| o\]/);
  });

  it('is exit code 1 when matches are lost', async () => {
    const { out, code } = await compare(['--rules', loose], strict, '--json');
    expect(code).toBe(1);
    const { result } = JSON.parse(out) as FileComparison;
    expect([result.lost.cases, result.newBreaks.cases, result.unchanged.cases]).toEqual([1, 1, 1]);
  });

  it('compares with the rules of reconcile when none are named', async () => {
    expect((await compare([], strict)).out).toContain('strict instead of two-exports');
  });

  it('refuses what it cannot read, with exit code 2', async () => {
    const decimals = file('comma.csv', 'id,date,amount,currency\na,2026-03-01,x,EUR\n');
    expect(await rules('compare', '--left', decimals, '--right', right, '--with', strict)).toMatchObject({
      ...{ code: 2, out: '', said: expect.stringContaining('comma.csv') },
    });
    expect(await compare(['--rules', path.join(folder, 'none.yaml')], strict)).toMatchObject({ code: 2, out: '' });
  });
});

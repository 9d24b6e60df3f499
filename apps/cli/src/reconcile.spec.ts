import fc from 'fast-check';
import { add } from '@tieout/canonical';
import { afterAll, describe, expect, it } from 'vitest';
import { csv, workbench, type Ran, type Result } from './reconcile.fixture.ts';

const bench = workbench();
afterAll(() => bench[Symbol.dispose]());

describe('two files', () => {
  it('that agree: every pair is matched, exit code 0', async () => {
    const left = csv('1,2026-03-30,12.50,EUR,INV-1,Acme,', '2,2026-03-31,-3,USD,INV-2,Beta,');
    const right = csv('b,2026-03-31,-3.00,USD,INV-2,Beta,', 'a,2026-03-30,12.5,EUR,INV-1,Acme,');
    const { code, result, stdout } = await bench.run(left, right);
    expect(code).toBe(0);
    expect(result?.groups).toMatchObject([
      { outcome: 'matched', left: ['1'], right: ['a'], difference: '0', currency: 'EUR', confidence: 1 },
      { outcome: 'matched', left: ['2'], right: ['b'], difference: '0', currency: 'USD', confidence: 1 },
    ]);
    expect(Object.keys(result!.groups[0]!).sort()).toEqual(
      [
        'outcome',
        'rule',
        'type',
        'left',
        'right',
        'difference',
        'currency',
        'confidence',
        'expectedClearing',
        'evidence',
      ].sort(),
    );
    expect(result?.totals).toMatchObject({
      left: { items: 2, sums: { EUR: '12.5', USD: '-3' } },
      right: { items: 2, sums: { EUR: '12.5', USD: '-3' } },
      difference: { EUR: '0', USD: '0' },
      outcomes: { matched: { groups: 2, left: { items: 2 }, right: { items: 2 } }, break: { groups: 0 } },
    });
    expect(result?.run).toMatchObject({ asOf: '2026-03-31', left: ['left.csv'], right: ['right.csv'] });
    expect(stdout).toMatch(/The two sides tie out/);
  });

  it('that differ: exit code 1, the breaks are named, largest first, and what to do', async () => {
    const left = csv(
      '1,2026-01-02,12.50,EUR,INV-1,Acme,',
      '2,2026-01-02,99,EUR,INV-2,Beta,',
      '3,2026-03-31,1,EUR,INV-3,Beta,',
    );
    const { code, result, stdout } = await bench.run(left, csv('a,2026-03-31,1.00,EUR,INV-3,Beta,'), {
      asOf: '2026-03-31',
    });
    expect(code).toBe(1);
    expect(result?.totals.outcomes.break.left).toEqual({ items: 2, sums: { EUR: '111.5' } });
    expect(stdout).toMatch(/2 breaks \(2 missing-right\)/);
    expect(stdout.indexOf('INV-2')).toBeLessThan(stdout.indexOf('INV-1'));
    expect(stdout).toMatch(/correct it where it comes from/);
  });

  it('with --json: the result alone is on the standard output, the summary on the error output', async () => {
    const same = csv('1,2026-03-30,12.50,EUR,INV-1,Acme,');
    const { stdout, stderr } = await bench.run(same, same, { json: true });
    expect((JSON.parse(stdout) as Result).groups).toHaveLength(1);
    expect(stderr).toMatch(/tie out/);
  });
});

interface Row {
  readonly amount: string;
  readonly currency: string;
  readonly day: number;
  readonly reference: string;
  readonly counterparty: string;
}

describe('whatever the two files hold', () => {
  const row = fc.record({
    amount: fc.integer({ min: -500, max: 500 }).map((cents) => (cents / 100).toFixed(2)),
    currency: fc.constantFrom('EUR', 'EUR', 'USD', 'JPY'),
    day: fc.integer({ min: 1, max: 28 }),
    reference: fc.constantFrom('', 'INV-1', 'inv 1', 'INV-2', 'INV-12', 'RF18', 'Payment, "INV-2"'),
    counterparty: fc.constantFrom('', 'Acme GmbH', 'ACME', 'Beta'),
  });
  const rows = fc.array(row, { maxLength: 14 });
  const lineOf = (id: string, one: Row): string =>
    [
      id,
      `2026-03-${String(one.day).padStart(2, '0')}`,
      one.amount,
      one.currency,
      `"${one.reference.replaceAll('"', '""')}"`,
      one.counterparty,
      '',
    ].join(',');
  const fileOf = (side: string, list: readonly Row[]): string[] =>
    list.map((one, index) => lineOf(`${side}${index}`, one));
  const sumsOf = (list: readonly Row[]): Record<string, string> => {
    const sums: Record<string, string> = {};
    for (const { amount, currency } of list) sums[currency] = add(sums[currency] ?? '0', amount);
    return sums;
  };
  const ids = (ran: Ran, side: 'left' | 'right'): string[] => ran.result!.groups.flatMap((group) => group[side]);

  it('every id is in exactly one group, sums are conserved, and the order of rows changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (left, right) => {
        fc.pre(left.length + right.length > 0);
        const [l, r] = [fileOf('l', left), fileOf('r', right)];
        const ran = await bench.run(csv(...l), csv(...r));
        expect(ids(ran, 'left').sort()).toEqual(left.map((_, index) => `l${index}`).sort());
        expect(ids(ran, 'right').sort()).toEqual(right.map((_, index) => `r${index}`).sort());
        expect(ran.result!.totals.left).toEqual({ items: left.length, sums: sumsOf(left) });
        expect(ran.result!.totals.right).toEqual({ items: right.length, sums: sumsOf(right) });
        const again = await bench.run(csv(...l.toReversed()), csv(...r.toReversed()));
        expect(again.result).toEqual(ran.result);
      }),
      { numRuns: 60 },
    );
  });
});

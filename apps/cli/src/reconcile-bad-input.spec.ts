import { afterAll, describe, expect, it } from 'vitest';
import type { ReconcileFlags } from './reconcile-flags.ts';
import { csv, HEADER, workbench } from './reconcile.fixture.ts';

const bench = workbench();
afterAll(() => bench[Symbol.dispose]());

const GOOD = '1,2026-03-31,12.50,EUR,INV-1,Acme,paid';
const right = csv(GOOD.replace('1', 'r1'));

describe('bad input is refused: nothing is compared, exit code 2, and the message says where and why', () => {
  it.each<[string, string | Uint8Array, RegExp, Partial<ReconcileFlags>?]>([
    ['an empty file', '', /left\.csv: the file is empty/],
    ['a missing column', 'id,date,currency\n1,2026-03-31,EUR\n', /left\.csv, line 1, amount: the header has no amount/],
    ['duplicate ids', csv(GOOD, GOOD), /left\.csv, line 3, id: the id "1" is that of line 2 already/],
    ['NaN', csv('1,2026-03-31,NaN,EUR,,,'), /left\.csv, line 2, amount: "NaN" stands where a number is missing/],
    ['an exponent', csv('1,2026-03-31,1.2E+05,EUR,,,'), /line 2, amount: .*exponent/],
    ['a currency sign', csv('1,2026-03-31,€5,EUR,,,'), /line 2, amount: .*currency sign/],
    [
      'amounts that can be read both ways',
      csv('1,2026-03-31,1.234,EUR,,,'),
      /line 2, amount: 1\.234 can be 1234 or 1\.234.*--decimal/,
    ],
    [
      'both decimal marks',
      csv('1,2026-03-31,1.50,EUR,,,', '2,2026-03-31,"1,50",EUR,,,'),
      /line 3, amount: line 3 has 1,50/,
    ],
    ['a date in another order', csv('1,31.03.2026,1,EUR,,,'), /line 2, date: .*say --date-format DD\.MM\.YYYY/],
    ['an unknown currency', csv('1,2026-03-31,1,EURO,,,'), /line 2, currency: "EURO" is not an ISO 4217/],
    ['ragged rows', csv('1,2026-03-31,1,EUR,Acme, Inc,x,paid'), /line 2: the row has 8 cells, the header 7/],
    [
      'Latin-1',
      Buffer.from(csv(GOOD.replace('Acme', 'Müller')), 'latin1'),
      /left\.csv, line 2: the text is not valid UTF-8.*--encoding windows-1252/,
    ],
    ['an Excel workbook', Buffer.from('504b0304', 'hex'), /left\.csv: this is an Excel workbook/],
    ['XML that is no statement', '<html/>', /left\.csv: this XML has no ISO 20022 document/],
    [
      'rules that do not exist',
      csv(GOOD),
      /no-rules\.yaml: there is no such file/,
      { rules: '/nowhere/no-rules.yaml' },
    ],
    ['rates that do not exist', csv(GOOD), /no-rates\.csv: there is no such file/, { rates: '/nowhere/no-rates.csv' }],
    ['a side that does not exist', csv(GOOD), /none\.csv: there is no such file/, { right: ['/nowhere/none.csv'] }],
    ['a folder as a side', csv(GOOD), /it cannot be read: EISDIR/, { right: ['/tmp'] }],
    ['a result that cannot be written', csv(GOOD), /cannot be written: ENOENT/, { out: '/nowhere/result.json' }],
  ])('%s', async (_, left, message, flags) => {
    const { code, stdout, stderr, result } = await bench.run(left, right, flags);
    expect({ code, stdout, result }).toEqual({ code: 2, stdout: '', result: null });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('tells the first twenty problems of both files and how many there are', async () => {
    const bad = csv(...Array.from({ length: 15 }, (_, index) => `${index},2026-03-31,x,EUR,,,`));
    const { stderr } = await bench.run(bad, bad);
    expect(stderr).toMatch(/^Nothing was compared: 30 problems in the input\.$/m);
    expect(stderr.match(/is not a number/g)).toHaveLength(20);
    expect(stderr).toMatch(/^ {2}right\.csv, line 6, amount/m);
    expect(stderr).toMatch(/^ {2}and 10 more$/m);
    expect(stderr).toMatch(/--skip-bad-rows/);
  });

  it('one id in two files of a side', async () => {
    const [one, two] = [bench.file('one.csv', csv(GOOD)), bench.file('two.csv', csv(GOOD))];
    const { code, stderr } = await bench.runFiles({ left: [one, two], right: [one] });
    expect(code).toBe(2);
    expect(stderr).toMatch(/two\.csv, id 1, id: another file of this side has this id/);
  });

  it('two sides without a row: that nothing differs would say nothing', async () => {
    const { code, stderr } = await bench.run(`${HEADER}\n`, HEADER);
    expect(code).toBe(2);
    expect(stderr).toMatch(/neither side has a row/);
  });

  it.each([
    ['broken YAML', 'name: [', /rules\.yaml, line 1/],
    ['a key twice', 'name: a\nname: b\nrules: []\n', /rules\.yaml, line 2/],
    ['no rules', '', /rules\.yaml/],
    ['an unknown key', 'name: a\nruels: []\n', /rules\.yaml.*ruels/],
  ])('rules with %s', async (_, yaml, message) => {
    const { code, stderr } = await bench.run(csv(GOOD), right, { rules: bench.file('rules.yaml', yaml) });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('bad rates', async () => {
    const rates = bench.file('rates.csv', 'from,to,date,rate\nEUR,USD,2026-03-31,"1,08"\n');
    const { code, stderr } = await bench.run(csv(GOOD), right, { rates });
    expect(code).toBe(2);
    expect(stderr).toMatch(/rates\.csv, line 2: "1,08" is no rate/);
  });
});

describe('what is bad but can be lived with', () => {
  it('bad rows are set aside when asked for, and stay in the result', async () => {
    const left = csv(GOOD, '2,2026-03-31,NaN,EUR,INV-2,Acme,lost?', '3,2026-03-31,1,EUR,,');
    const { result, stdout } = await bench.run(left, right, { skipBadRows: true });
    expect(result?.totals.left).toEqual({ items: 1, sums: { EUR: '12.5' } });
    expect(result?.refused).toMatchObject([
      { side: 'left', file: 'left.csv', line: 3, id: '2', cells: { amount: 'NaN', reference: 'INV-2', text: 'lost?' } },
      { side: 'left', file: 'left.csv', line: 4, id: '3' },
    ]);
    expect(stdout).toMatch(/^! 2 bad rows of the left side were set aside/m);
  });

  it('an empty side: everything on the other one is open, and the summary doubts the export', async () => {
    const { code, result, stdout } = await bench.run(`${HEADER}\n`, csv(GOOD, GOOD.replace('1', '2')));
    expect(code).toBe(1);
    expect(result?.groups.flatMap((group) => group.right)).toEqual(['1', '2']);
    expect(result?.totals.left).toEqual({ items: 0, sums: {} });
    expect(stdout).toMatch(/^! The left side has no rows/m);
  });

  it('sides without a currency in common: nothing matches, and the summary says what it takes', async () => {
    const { code, result, stdout } = await bench.run(csv(GOOD), csv(GOOD.replace('EUR', 'USD')));
    expect(code).toBe(1);
    expect(result?.totals.outcomes.matched.groups).toBe(0);
    expect(result?.totals.difference).toEqual({ EUR: '-12.5', USD: '12.5' });
    expect(stdout).toMatch(/^! The sides have no currency in common/m);
  });

  it('decimal commas of one side, when said of that side', async () => {
    const left = 'id;date;amount;currency;reference\n1;31.03.2026;1.234;EUR;INV-1\n';
    const flags = { decimal: { left: 'comma' }, dateFormat: { left: 'DD.MM.YYYY' } } as const;
    const { code, result } = await bench.run(left, csv('9,2026-03-31,1234.00,EUR,INV-1,,'), flags);
    expect(code).toBe(0);
    expect(result?.groups).toMatchObject([{ outcome: 'matched', left: ['1'], right: ['9'], difference: '0' }]);
  });
});

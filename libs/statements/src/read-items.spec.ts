import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStatements, readItems, type Reading, type ReadOptions } from './index.ts';

const HEADER = 'id,date,amount,currency,reference,counterparty,text';
const GOOD = '1,2026-03-31,12.50,EUR,INV-1,Acme,paid';

const read = (content: string | Uint8Array, options: ReadOptions = {}): Promise<Reading> =>
  readItems([typeof content === 'string' ? Buffer.from(content) : content], options);
const rows = (...lines: string[]): string => [HEADER, ...lines].join('\n');

describe('a CSV file', () => {
  it('becomes items, other columns their evidence', async () => {
    const text =
      'Text,ID,Amount,currency,Date,Legal Entity,reverses,Bank Code\n paid ,1,-0012.500,eur,2026-03-31,DE,0,PMNT\n';
    const { items, ...rest } = await read(text);
    expect(items).toEqual([
      {
        id: '1',
        amount: '-12.5',
        currency: 'EUR',
        date: '2026-03-31',
        reference: null,
        counterparty: null,
        text: 'paid',
        legalEntity: 'DE',
        reverses: '0',
        changedAt: null,
        fields: { 'Bank Code': 'PMNT' },
      },
    ]);
    expect(rest).toEqual({ format: 'csv', problems: [], refused: [], statements: [], notes: [] });
  });

  it.each([
    ['semicolons', `${HEADER.replaceAll(',', ';')}\n1;2026-03-31;12,50;EUR;A;B;"C;D"`],
    ['tabs', `${HEADER.replaceAll(',', '\t')}\n1\t2026-03-31\t12.50\tEUR\tA\tB\tC;D`],
    ['what its first line says', `sep=|\n${HEADER.replaceAll(',', '|')}\n1|2026-03-31|12.50|EUR|A|B|C;D`],
    ['commas with semicolons in the data', `${HEADER}\n1,2026-03-31,12.50,EUR,A,B,C;D`],
    ['lines of CR', `${HEADER}\r1,2026-03-31,12.50,EUR,A,B,C;D\r`],
  ])('separated by %s', async (_, text) => {
    const { items, problems } = await read(text);
    expect(problems).toEqual([]);
    expect(items).toMatchObject([{ id: '1', amount: '12.5', reference: 'A', counterparty: 'B', text: 'C;D' }]);
  });

  it.each<[string, Buffer, ReadOptions?]>([
    ['UTF-8', Buffer.from(rows(GOOD.replace('Acme', 'Müller')))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${rows(GOOD.replace('Acme', 'Müller'))}`)],
    ['UTF-16, little end first', Buffer.from(`\ufeff${rows(GOOD.replace('Acme', 'Müller'))}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${rows(GOOD.replace('Acme', 'Müller'))}`, 'utf16le').swap16()],
    [
      'Latin-1 when asked for',
      Buffer.from(rows(GOOD.replace('Acme', 'Müller')), 'latin1'),
      { encoding: 'windows-1252' },
    ],
  ])('in %s, byte by byte', async (_, bytes, options = {}) => {
    const { items, problems } = await readItems(
      [...bytes].map((byte) => Uint8Array.of(byte)),
      options,
    );
    expect(problems).toEqual([]);
    expect(items).toMatchObject([{ id: '1', counterparty: 'Müller' }]);
  });

  it('takes columns by other names and a currency from outside', async () => {
    const text = 'Voucher,Day,Total,id\nV1,2026-03-31,5,ignored';
    const { items } = await read(text, { columns: { id: 'voucher', date: 'Day', amount: 'Total' }, currency: 'CHF' });
    expect(items).toMatchObject([{ id: 'V1', amount: '5', currency: 'CHF', fields: { id: 'ignored' } }]);
  });

  it('shows its decimal mark once and for all amounts', async () => {
    const german = await read(rows('1,2026-03-31,1.234,EUR,,,', '2,2026-03-31,"0,50",EUR,,,'));
    expect(german.items.map(({ amount }) => amount)).toEqual(['1234', '0.5']);
    const english = await read(rows('1,2026-03-31,"1,234",EUR,,,', '2,2026-03-31,0.50,EUR,,,'));
    expect(english.items.map(({ amount }) => amount)).toEqual(['1234', '0.5']);
    const asked = await read(rows('1,2026-03-31,"1,234",EUR,,,'), { decimal: 'comma' });
    expect(asked.items.map(({ amount }) => amount)).toEqual(['1.234']);
  });
});

describe('a file of which nothing can be used', () => {
  it.each<[string, string | Uint8Array, string, RegExp, number | null, ReadOptions?]>([
    ['empty', '', 'empty-file', /empty/, null],
    ['only blank lines', '\n\n', 'empty-file', /empty/, null],
    ['a missing column', 'id,date,amount\n1,2026-03-31,1', 'missing-column', /no currency/, 1],
    ['no header', '1,2026-03-31,12.50,EUR,,,', 'missing-column', /no id, date, amount, currency/, 1],
    ['a column twice', `id,ID,date,amount,currency\n`, 'duplicate-column', /"ID" twice/, 1],
    [
      'Latin-1',
      Buffer.from(rows(GOOD, GOOD.replace('Acme', 'Müller')), 'latin1'),
      'wrong-encoding',
      /--encoding windows-1252/,
      3,
    ],
    ['UTF-16 without a mark', Buffer.from(rows(GOOD), 'utf16le'), 'wrong-encoding', /byte order mark/, null],
    ['an Excel workbook', Buffer.from('504b030414000600', 'hex'), 'not-text', /Excel/, null],
    ['a PDF', '%PDF-1.7', 'not-text', /PDF/, null],
    ['gzip', Buffer.from('1f8b0800', 'hex'), 'not-text', /gzip/, null],
    [
      'a quote that is not closed',
      rows(GOOD, '2,2026-03-31,1,EUR,"A,B,C', '3,2026-03-31,1,EUR,,,'),
      'unclosed-quote',
      /never closed/,
      3,
    ],
    [
      'a quote that swallows rows',
      rows('2,2026-03-31,1,EUR,"A,B,C', '3,2026-03-31,1,EUR,,,"'),
      'unclosed-quote',
      /swallows the lines to 3/,
      2,
    ],
    [
      'amounts that can be read both ways',
      rows('1,2026-03-31,7,EUR,,,', '2,2026-03-31,1.234,EUR,,,'),
      'ambiguous-decimals',
      /1\.234 can be 1234 or 1\.234/,
      3,
    ],
    [
      'both decimal marks',
      rows('1,2026-03-31,1.50,EUR,,,', '2,2026-03-31,"1,50",EUR,,,'),
      'contradicting-decimals',
      /line 3 has 1,50.*line 2 has 1\.50/,
      3,
    ],
    [
      'more rows than a run takes',
      rows(GOOD, GOOD.replace('1', '2')),
      'too-large',
      /more than 1 rows/,
      null,
      { maxRows: 1 },
    ],
    ['a date format that is none', rows(GOOD), 'bad-option', /no date format/, null, { dateFormat: 'DD.MM.YY' }],
    ['XML that is no statement', '<a/>', 'unsupported-document', /camt\.053/, null],
  ])('%s', async (_, content, code, reason, line, options) => {
    const { items, problems } = await read(content, options);
    expect(items).toEqual([]);
    expect(problems).toMatchObject([{ code, line, reason: expect.stringMatching(reason) }]);
  });
});

describe('a bad row is named, and the others stay', () => {
  it.each([
    ['too few cells', '2,2026-03-31,1,EUR,A', 'ragged-row', null, /5 cells, the header 7/],
    ['too many cells', '2,2026-03-31,1,EUR,A,B,C,D', 'ragged-row', null, /8 cells/],
    ['text behind a quote', '2,2026-03-31,1,EUR,"A"x,B,C', 'malformed-row', null, /closing quote/],
    ['no id', ' ,2026-03-31,1,EUR,,,', 'missing-id', 'id', /missing/],
    ['the id of another row', '1,2026-03-31,1,EUR,,,', 'duplicate-id', 'id', /"1" is that of line 2/],
    ['no amount', '2,2026-03-31,NaN,EUR,,,', 'bad-amount', 'amount', /no amount is assumed/],
    ['no such day', '2,2026-02-30,1,EUR,,,', 'bad-date', 'date', /no day/],
    ['no such currency', '2,2026-03-31,1,EURO,,,', 'bad-currency', 'currency', /"EURO" is not/],
    ['no currency', '2,2026-03-31,1,,,,', 'bad-currency', 'currency', /missing/],
    ['a long cell', `2,2026-03-31,1,EUR,${'x'.repeat(1_001)},,`, 'field-too-long', 'reference', /1001 characters/],
    ['a control character', '2,2026-03-31,1,EUR,a\u0000b,,', 'control-character', 'reference', /no text has/],
  ])('%s', async (_, bad, code, column, reason) => {
    const { items, problems, refused } = await read(rows(GOOD, bad, '3,2026-03-31,1,EUR,,,'));
    expect(problems).toEqual([]);
    expect(items.map(({ id }) => id)).toEqual(['1', '3']);
    expect(refused).toMatchObject([
      { line: 3, problems: [{ at: 'line 3', line: 3, column, code, reason: expect.stringMatching(reason) }] },
    ]);
  });

  it('with everything that is wrong with it and all that it said', async () => {
    const { refused } = await read(rows('7,31.03.2026,1.2.3,XXQ,A,B,C'));
    expect(refused[0]?.problems.map(({ column }) => column)).toEqual(['currency', 'amount', 'date']);
    expect(refused).toMatchObject([{ id: '7', cells: { id: '7', amount: '1.2.3', reference: 'A', text: 'C' } }]);
  });

  it('lines are those of the file, also behind cells with line breaks and blank lines', async () => {
    const { refused } = await read(rows('1,2026-03-31,1,EUR,,,"two\nlines"', '', '2,2026-03-31,x,EUR,,,'));
    expect(refused).toMatchObject([{ line: 5 }]);
  });

  it('amounts of the other mark, when one is asked for', async () => {
    const { items, refused } = await read(rows('1,2026-03-31,1.50,EUR,,,', '2,2026-03-31,"1,50",EUR,,,'), {
      decimal: 'comma',
    });
    expect(items).toMatchObject([{ id: '2', amount: '1.5' }]);
    expect(refused).toMatchObject([{ line: 2, problems: [{ code: 'bad-amount' }] }]);
  });

  it('too many of them are another file than was meant', async () => {
    const text = rows(...Array.from({ length: 100_001 }, () => 'x'));
    expect((await read(text)).problems).toMatchObject([{ code: 'too-many-bad-rows' }]);
  });
});

it('whatever bytes a file has, each is an item, a named problem or a named row; nothing throws', async () => {
  const cell = fc.constantFrom('', '1', 'x', '12.50', '1,5', '"', '"a"', 'EUR', '2026-03-31', 'NaN', '\n', ';', 'ä');
  const text = fc.array(
    fc.array(cell, { minLength: 5, maxLength: 8 }).map((cells) => cells.join(',')),
    { maxLength: 6 },
  );
  const content = fc.oneof(
    text.map((lines) => Buffer.from(rows(...lines))),
    fc.uint8Array({ maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      const { items, problems, refused } = await readItems([bytes]);
      if (problems.length > 0) expect(items).toEqual([]);
      for (const row of refused) expect(row.problems.length).toBeGreaterThan(0);
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    }),
    { numRuns: 300 },
  );
});

it('the rows of a CSV are a statement of the account for each currency', () => {
  const text = rows('1,2026-03-31,5,EUR,,,', '2,2026-03-29,-1.5,EUR,,,', '3,2026-03-30,2,USD,,,');
  expect(parseStatements(Buffer.from(text), { account: 'DE02' })).toMatchObject({
    problems: [],
    statements: [
      { account: 'DE02', currency: 'EUR', from: '2026-03-29', to: '2026-03-31', moved: '3.5', opening: null },
      { account: 'DE02', currency: 'USD', from: '2026-03-30', to: '2026-03-30', moved: '2', closing: null },
    ],
  });
});

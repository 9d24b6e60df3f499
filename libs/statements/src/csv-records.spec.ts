import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordReader, type CsvRecord } from './csv-records.ts';

function recordsOf(pieces: readonly string[], separator = ',', newline: '\n' | '\r' = '\n'): CsvRecord[] {
  const found: CsvRecord[] = [];
  const reader = recordReader(separator, newline, (record) => void found.push(record));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return found;
}

const row = (line: number, cells: readonly string[], more: Partial<CsvRecord> = {}): CsvRecord => ({
  line,
  breaks: 0,
  cells,
  fault: null,
  ...more,
});

describe('records', () => {
  it.each<[string, string, CsvRecord[]]>([
    ['no last line break', 'a,b\nc,d', [row(1, ['a', 'b']), row(2, ['c', 'd'])]],
    ['CRLF', 'a,b\r\n"c",d\r\n', [row(1, ['a', 'b']), row(2, ['c', 'd'])]],
    ['empty cells', ',\n"",x,', [row(2, ['', 'x', ''])]],
    ['blank lines', '\n  \na\n\n', [row(3, ['a'])]],
    ['separators and doubled quotes in quotes', '"a,""b""",c', [row(1, ['a,"b"', 'c'])]],
    ['a line break in quotes', '"a\nb",c\nd,e', [row(1, ['a\nb', 'c'], { breaks: 1 }), row(3, ['d', 'e'])]],
    ['a quote inside a cell', '5" pipe,x', [row(1, ['5" pipe', 'x'])]],
    [
      'text behind a closing quote',
      '"a"b,c\nd,e',
      [row(1, ['ab', 'c'], { fault: 'cell 1 goes on after its closing quote' }), row(2, ['d', 'e'])],
    ],
    ['spaces behind a closing quote', '"a" ,c', [row(1, ['a', 'c'])]],
    ['an empty quoted cell at the end', 'a,""', [row(1, ['a', ''])]],
  ])('%s', (_, text, expected) => {
    expect(recordsOf([text])).toEqual(expected);
    expect(recordsOf([...text])).toEqual(expected);
  });

  it('lines of CR alone', () => {
    expect(recordsOf(['a;b\rc;"d"\r'], ';', '\r')).toEqual([row(1, ['a', 'b']), row(2, ['c', 'd'])]);
  });

  it('names the line of a quote that is never closed, at the end and before memory is full', () => {
    expect(() => recordsOf(['a,b\n"c,d\ne,f\n'])).toThrow(/never closed/);
    const endless = Array.from({ length: 50 }, () => 'x'.repeat(65_536));
    expect(() => recordsOf(['a,b\n"', ...endless])).toThrow(/never closed/);
    expect(() => recordsOf(endless)).toThrow(/no CSV/);
  });

  it('reads whatever another library writes as that library reads it, in whatever pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', ' ', '"', ',', '\n', '\r\n', ';', '1'), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.array(fc.nat(60), { maxLength: 5 }), (rows, cuts) => {
        const text = stringify(rows, { quoted_match: /[\s]/ });
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        const theirs: string[][] = parse(text, { relax_column_count: true });
        const wanted = theirs.filter((cells) => cells.some((one) => one.trim() !== ''));
        expect(recordsOf(pieces).map(({ cells }) => cells)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
});

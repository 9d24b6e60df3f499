import fc from 'fast-check';
import type { Item } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { createItemReader, createLines } from './copied-item.ts';

function read(...texts: readonly string[]): { block: string; side: number; item: Item }[] {
  const placed: { block: string; side: number; item: Item }[] = [];
  const reader = createItemReader((block, side, item) => placed.push({ block, side, item }));
  for (const text of texts) reader(text);
  return placed;
}

describe('a copied row', () => {
  it('is an item at its place', () => {
    const line = 'b\\\\1\t1\tid-1\t-12.5\tEUR\t2026-01-31\tR\\t1\t\\N\tline\\none\tDE\t\\N\t\\N\t{"a": "x\\\\\\\\y"}\n';
    expect(read(line)).toMatchObject([
      {
        ...{ block: 'b\\1', side: 1 },
        item: {
          ...{
            id: 'id-1',
            amount: '-12.5',
            currency: 'EUR',
            date: '2026-01-31',
            reference: 'R\t1',
            counterparty: null,
          },
          ...{ text: 'line\none', legalEntity: 'DE', reverses: null, changedAt: null, fields: { a: 'x\\y' } },
        },
      },
    ]);
  });

  it('tells NULL from the text \\N and from nothing', () => {
    const row = (reference: string): string => `b\t0\ti\t1\tEUR\t\\N\t${reference}\t\\N\t\\N\t\\N\t\\N\t\\N\t{}\n`;
    const references = read(row('\\N') + row('\\\\N'), row('')).map(({ item }) => item.reference);
    expect(references).toEqual([null, '\\N', '']);
  });

  it('is of the block that it names, also when one begins like another', () => {
    const row = (block: string): string => `${block}\t0\ti\t1\tEUR\t\\N\tr\t\\N\t\\N\t\\N\t\\N\t\\N\t{}\n`;
    const blocks = ['', 'a', 'a', 'ab', 'abc', 'b'];
    expect(read(blocks.map(row).join('')).map(({ block }) => block)).toEqual(blocks);
    expect(read(...blocks.map(row)).map(({ block }) => block)).toEqual(blocks);
  });
});

describe('lines', () => {
  it('are the same however the bytes are cut', () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ' ')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (written, cuts) => {
        const bytes = Buffer.from(written.map((line) => `${line}\n`).join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const lines = createLines();
        const whole = places.slice(1).map((end, n) => lines(bytes.subarray(places[n], end)));
        expect(whole.join('')).toBe(bytes.toString());
        expect(whole.every((text) => text === '' || text.endsWith('\n'))).toBe(true);
      }),
    );
  });
});

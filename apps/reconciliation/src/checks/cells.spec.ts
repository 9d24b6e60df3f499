import { describe, expect, it } from 'vitest';
import { cellsOf, compareCells } from './cells.ts';
import type { Cell } from './cells.ts';
import type { Document } from './documents.ts';

const invoice = (amount: string, rest: string, date: string, change: Partial<Document> = {}): Document => ({
  ...{ id: `${amount}-${date}`, number: 'n', legalEntityId: 'le', customerId: null, currency: 'USD' },
  ...{ amount, rest, date, changedAt: null },
  ...change,
});
const cell: Cell = {
  ...{ legalEntity: '391', month: '2013-01', currency: 'USD' },
  ...{ invoices: '2', invoiced: '10.30', paid: '5', open: '0.3', changedAt: null },
};
const told = (expected: Cell[], actual: Cell[]): unknown[] =>
  compareCells('cells-erp-topic', expected, actual, () => 'le').map((one) => [
    one.object,
    one.kind,
    one.expected,
    one.actual,
    one.difference,
  ]);

describe('figures of cells', () => {
  it('count invoices in the month of their date and payments in the month of theirs, apart by currency', () => {
    const cells = cellsOf(
      [
        invoice('0.1', '0.1', '2013-01-31', { changedAt: '2026-01-02T00:00:00.000Z' }),
        invoice('0.2', '0', '2013-01-01', { changedAt: '2026-01-01T00:00:00.000Z' }),
        invoice('7', '7', '2013-02-01'),
        invoice('9', '9', '2013-01-05', { currency: 'EUR' }),
      ],
      [invoice('0.2', '0', '2013-02-28')],
      () => '391',
    );
    const place = { legalEntity: '391', currency: 'USD' };
    expect(cells).toEqual([
      {
        ...place,
        month: '2013-01',
        invoices: '2',
        invoiced: '0.3',
        paid: '0',
        open: '0.1',
        changedAt: '2026-01-02T00:00:00.000Z',
      },
      { ...place, month: '2013-02', invoices: '1', invoiced: '7', paid: '0.2', open: '7', changedAt: null },
      {
        ...place,
        month: '2013-01',
        currency: 'EUR',
        invoices: '1',
        invoiced: '9',
        paid: '0',
        open: '9',
        changedAt: null,
      },
    ]);
  });

  it('sum a thousand times a tenth exactly', () => {
    const tenths = Array.from({ length: 1000 }, (_, n) => invoice('0.1', '0', '2013-01-01', { id: String(n) }));
    expect(cellsOf(tenths, [], () => '391')[0]?.invoiced).toBe('100');
  });
});

describe('cells of two stations', () => {
  it.each<[string, Partial<Cell>, unknown[]]>([
    ['agree', {}, []],
    ['agree whatever the writing', { invoiced: '10.3000' }, []],
    ['differ by a cent', { invoiced: '10.31' }, [['391|2013-01|USD', 'invoiced', '10.30', '10.31', '0.01']]],
    ['differ by an invoice', { invoices: '1' }, [['391|2013-01|USD', 'invoices', '2', '1', '-1']]],
    ['differ in cash', { paid: '0' }, [['391|2013-01|USD', 'paid', '5', '0', '-5']]],
    ['differ in what is open', { open: '0.3001' }, [['391|2013-01|USD', 'open', '0.3', '0.3001', '0.0001']]],
  ])('%s', (_name, change, expected) => {
    expect(told([cell], [{ ...cell, ...change }])).toEqual(expected);
  });

  it('take a cell that one station lacks as zeros', () => {
    const zero = { ...cell, invoices: '0', invoiced: '0.00', paid: '0', open: '0' };
    expect(told([zero], [])).toEqual([]);
    expect(told([], [zero])).toEqual([]);
    expect(told([{ ...zero, paid: '1' }], [])).toEqual([['391|2013-01|USD', 'paid', '1', '0', '-1']]);
    expect(told([], [{ ...zero, paid: '1' }])).toEqual([['391|2013-01|USD', 'paid', '0', '1', '1']]);
  });

  it('do not mix cells whose names run together', () => {
    const one = { ...cell, legalEntity: 'a|b', month: '2013-01' };
    expect(told([one], [one])).toEqual([]);
    expect(told([one], [{ ...one, legalEntity: 'a' }])).toHaveLength(8);
  });
});

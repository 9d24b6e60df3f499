import { describe, expect, it } from 'vitest';
import { asOf, differences, fileFigures, sumFigures, type Figure } from './figures.ts';
import type { Receivable } from './receivables.ts';

const row = (change: Partial<Receivable>): Receivable => ({
  line: 2,
  country: '391',
  customer: 'C-1',
  customerName: 'Customer C-1',
  invoice: '1',
  invoiceDate: '2013-01-31',
  dueDate: null,
  amount: '0.10',
  disputed: false,
  settledDate: '2013-02-01',
  ...change,
});
const figure = (change: Partial<Figure>): Figure => ({
  country: '391',
  month: '2013-01',
  currency: 'USD',
  invoices: 1,
  invoiced: '0.10',
  paid: '0.00',
  open: '0.00',
  ...change,
});

describe('figures', () => {
  it('count an invoice in its month and its payment in the month of settlement, exactly', () => {
    expect(fileFigures([row({}), row({ amount: '0.2', settledDate: null })], 'USD')).toEqual([
      figure({ invoices: 2, invoiced: '0.30', open: '0.20' }),
      figure({ month: '2013-02', invoices: 0, invoiced: '0.00', paid: '0.10' }),
    ]);
  });

  it('as of a day know neither later invoices nor later settlements', () => {
    expect(asOf([row({}), row({ invoiceDate: '2013-02-01' })], '2013-01-31')).toEqual([row({ settledDate: null })]);
    expect(asOf([row({})], '2013-02-01')).toEqual([row({})]);
  });

  it('that are zero throughout are left out', () => {
    expect(sumFigures([{ country: 'a', month: '2013-01', currency: 'USD', invoices: 0, paid: '0.00' }])).toEqual([]);
  });

  it('differ where one station says something else, or nothing', () => {
    const stations = { file: [figure({})], erp: [figure({})], topic: [figure({ invoiced: '0.1' })], planning: [] };
    expect(differences(stations).map(({ measure, values }) => [measure, values.planning])).toEqual([
      ['invoices', '0'],
      ['invoiced', '0'],
    ]);
    expect(differences({ ...stations, planning: [figure({})] })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { fromViewRow, monthOf, timeItemOf, toCsv, toImportRow, toItemRow } from './cells.map.ts';

const cell = {
  legalEntity: '391',
  currency: 'USD',
  month: '2013-01',
  invoices: '2',
  invoiced: '121.82',
  paid: '55.94',
  open: '65.88',
};

describe('months', () => {
  it('are named as the calendar names them, there and back', () => {
    for (const month of ['2000-01', '2013-12', '2099-06']) expect(monthOf(timeItemOf(month) ?? '')).toBe(month);
    expect(timeItemOf('2013-01')).toBe('Jan 13');
  });
  it('of another century have no name, because two digits would mean another year', () => {
    expect(timeItemOf('1999-01')).toBeNull();
    expect(toImportRow({ ...cell, month: '2113-01' })).toBeNull();
  });
  it.each(['FY13', 'Q1 FY13', 'Jax 13', ''])('are not read from %j', (item) => expect(monthOf(item)).toBeNull());
});

describe('rows', () => {
  it('carry the digits of the cell unchanged', () => {
    const exact = { ...cell, invoiced: '12345678901234.5678' };
    expect(toImportRow(exact)).toEqual(['391', 'USD', 'Jan 13', '2', '12345678901234.5678', '55.94', '65.88']);
  });
  it('name an item by its code, and by code and name where they differ', () => {
    expect(toItemRow({ code: '391', name: '391' })).toEqual(['391', '391']);
    expect(toItemRow({ code: '391', name: 'West' })).toEqual(['391', '391 West']);
    expect(toItemRow({ code: '391', name: 'x'.repeat(100) })[1]).toHaveLength(60);
  });
  it('quote what CSV needs quoted', () => {
    expect(toCsv(['Code', 'Name'], [['1', 'A "B", C']])).toBe('Code,Name\n1,"A ""B"", C"\n');
  });
  it('of a view become cells with the code of the item and the digits as sent', () => {
    const row = {
      'Legal Entities': '391 West',
      Currencies: 'USD',
      Time: 'Jan 13',
      Invoices: '2',
      Invoiced: '121.820',
      'Cash Received': '55.94',
      Open: '65.88',
    };
    expect(fromViewRow(row, new Map([['391 West', '391']]))).toEqual({ ...cell, invoiced: '121.820' });
    expect(fromViewRow({ ...row, Time: 'FY13' }, new Map())).toBeNull();
  });
});

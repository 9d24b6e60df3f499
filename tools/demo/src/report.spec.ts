import { describe, expect, it } from 'vitest';
import { differences, type Figure } from './figures.ts';
import { breakText, figureTable, stationBreaks } from './report.ts';

const figure: Figure = {
  country: '391',
  month: '2013-01',
  currency: 'USD',
  invoices: 2,
  invoiced: '10.50',
  paid: '4.25',
  open: '6.25',
};
const agreed = { file: [figure], erp: [figure], topic: [figure], planning: [figure] };
const differing = { ...agreed, planning: [{ ...figure, paid: '4.24' }] };

describe('the table', () => {
  it('has one line for what the stations agree on, and the totals of each', () => {
    expect(
      figureTable(agreed, [])
        .split('\n')
        .map((line) => line.trim().replaceAll(/ +/g, ' ')),
    ).toEqual([
      'Legal entity Month Currency Station Invoices Invoiced Paid Open',
      '391 2013-01 USD all four 2 10.50 4.25 6.25',
      '',
      'Station Currency Invoices Invoiced Paid Open',
      ...['file', 'erp', 'topic', 'planning'].map((station) => `${station} USD 2 10.50 4.25 6.25`),
    ]);
  });

  it('has a line per station where they differ', () => {
    const lines = figureTable(differing, differences(differing)).split('\n');
    expect(lines.slice(1, 5).map((line) => line.split(/ +/)[3])).toEqual(['file', 'erp', 'topic', 'planning']);
  });
});

describe('a difference between stations', () => {
  it('is a break against what the file says', () => {
    const breaks = stationBreaks(differences(differing));
    expect(breaks).toEqual([
      { check: 'stations', kind: 'planning-paid', object: '391|2013-01|USD', expected: '4.25', actual: '4.24' },
    ]);
    expect(breakText(breaks)).toBe('stations planning-paid 391|2013-01|USD: expected 4.25, found 4.24');
  });

  it('is none when only the way of writing differs', () => {
    expect(stationBreaks(differences({ ...agreed, erp: [{ ...figure, paid: '4.2500' }] }))).toEqual([]);
  });
});

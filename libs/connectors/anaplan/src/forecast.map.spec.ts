import { describe, expect, it } from 'vitest';
import { fromForecastRow, toCellEntry } from './forecast.map.ts';

const version = (id: string, name: string, isActual = false) => ({ id, name, isActual, isCurrent: false });
const names = {
  versions: new Map([
    ['Budget', version('107000000003', 'Budget')],
    ['Actual', version('107000000001', 'Actual', true)],
  ]),
  legalEntities: new Map([['391 West', '391']]),
  currencies: new Map([['US Dollar', 'USD']]),
};
const items = ['Billings', 'Collections'];
const row = {
  Versions: 'Budget',
  'Legal Entities': '391 West',
  Currencies: 'US Dollar',
  Time: 'Jan 26',
  Billings: '12345678901234.5678',
  Collections: '-3.50',
};
const cell = {
  versionId: '107000000003',
  version: 'Budget',
  legalEntity: '391',
  currency: 'USD',
  month: '2026-01',
  lineItem: 'Billings',
  amount: '12345678901234.5678',
};

describe('a row of the view', () => {
  it('becomes one cell per line item, items by their code and digits as sent', () => {
    const cells = [cell, { ...cell, lineItem: 'Collections', amount: '-3.50' }];
    expect(fromForecastRow(row, names, items)).toEqual({ cells });
  });
  it('keeps the name of an item that the list does not have, and an amount that is no number', () => {
    const odd = { ...row, 'Legal Entities': 'Everywhere', Currencies: 'Shells', Billings: 'NaN', Collections: '' };
    const { cells } = fromForecastRow(odd, names, items) as { cells: unknown[] };
    expect(cells).toEqual([{ ...cell, legalEntity: 'Everywhere', currency: 'Shells', amount: 'NaN' }]);
  });
  it.each(['0', '0.00', '-0', ''])('has no value where it says %j', (nothing) => {
    expect(fromForecastRow({ ...row, Billings: nothing, Collections: nothing }, names, items)).toEqual({ cells: [] });
  });
  it.each([{ Time: 'FY26' }, { Time: 'Q1 FY26' }, { Versions: 'Actual' }])('of %j is no forecast', (over) => {
    expect(fromForecastRow({ ...row, ...over }, names, items)).toEqual({ cells: [] });
  });
  it('of a version that the model does not list says so', () => {
    expect(fromForecastRow({ ...row, Versions: 'Stretch' }, names, items)).toEqual({ unknownVersion: 'Stretch' });
  });
});

describe('an entry of a write', () => {
  it('names every dimension and has the digits of the amount as a number', () => {
    const text = toCellEntry(cell) ?? '';
    expect(text).toContain('"value":12345678901234.5678}');
    expect(JSON.parse(text)).toMatchObject({
      lineItemName: 'Billings',
      dimensions: [
        { dimensionName: 'Versions', itemId: '107000000003' },
        { dimensionName: 'Legal Entities', itemCode: '391' },
        { dimensionName: 'Currencies', itemCode: 'USD' },
        { dimensionName: 'Time', itemName: 'Jan 26' },
      ],
    });
    expect(toCellEntry({ ...cell, amount: '1.0E3' })).toContain('"value":1000}');
  });
  it.each([{ month: '1999-01' }, { amount: 'ten' }])('cannot be made of %j', (over) => {
    expect(toCellEntry({ ...cell, ...over })).toBeNull();
  });
});

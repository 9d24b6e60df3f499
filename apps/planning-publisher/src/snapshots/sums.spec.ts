import { describe, expect, it } from 'vitest';
import { cellSums, planSums } from './sums.ts';

const cell = {
  legalEntity: '391',
  month: '2013-01',
  currency: 'USD',
  invoices: '1',
  invoiced: '0.1',
  paid: '0',
  open: '0.2',
};

it('adds exactly, by name and currency, in order', () => {
  const cells = [cell, { ...cell, invoiced: '0.2', month: '2013-02' }, { ...cell, currency: 'EUR', invoiced: '5.00' }];
  expect(cellSums(cells)).toEqual([
    { name: 'invoiced', currency: 'EUR', amount: '5' },
    { name: 'invoiced', currency: 'USD', amount: '0.3' },
    { name: 'open', currency: 'EUR', amount: '0.2' },
    { name: 'open', currency: 'USD', amount: '0.4' },
    { name: 'paid', currency: 'EUR', amount: '0' },
    { name: 'paid', currency: 'USD', amount: '0' },
  ]);
});

describe('the sums of planned values', () => {
  const plan = (over: object) => ({
    versionId: '107',
    version: 'Budget',
    legalEntity: '391',
    lineItem: 'Billings',
    month: '2026-01',
    currency: 'USD',
    amount: '0.10',
    ...over,
  });

  it('are by line item and currency over all versions, in order', () => {
    const cells = [plan({}), plan({ versionId: '108', amount: '0.2' }), plan({ lineItem: 'Bills', amount: '-1' })];
    expect(planSums([...cells, plan({ currency: 'CHF', amount: '7' })])).toEqual([
      { name: 'Billings', currency: 'CHF', amount: '7' },
      { name: 'Billings', currency: 'USD', amount: '0.3' },
      { name: 'Bills', currency: 'USD', amount: '-1' },
    ]);
  });

  it.each(['NaN', '1.23456', '999999999999999'])(
    'are left out where %s keeps a contract from carrying them',
    (amount) => {
      const most = plan({ amount: '999999999999999' });
      expect(planSums([plan({ amount }), most, plan({ currency: 'CHF', amount: '7' })])).toEqual([
        { name: 'Billings', currency: 'CHF', amount: '7' },
      ]);
    },
  );
});

import { expect, it } from 'vitest';
import { cellSums } from './sums.ts';

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

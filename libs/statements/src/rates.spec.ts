import { expect, it } from 'vitest';
import { parseRates } from './index.ts';

it('rates are read exactly, their source is the file unless a row says it', () => {
  const text = '\ufeffdate;from;to;rate;source\n2026-03-31;EUR;USD;1.0850;ECB\n2026-03-31;JPY;EUR;0.006;\n';
  expect(parseRates(text, 'rates.csv')).toEqual({
    problems: [],
    rates: [
      { from: 'EUR', to: 'USD', date: '2026-03-31', rate: '1.085', source: 'ECB' },
      { from: 'JPY', to: 'EUR', date: '2026-03-31', rate: '0.006', source: 'rates.csv' },
    ],
  });
});

it.each([
  ['a decimal comma', 'EUR,USD,2026-03-31,"1,085"', /no rate/],
  ['nothing', 'EUR,USD,2026-03-31,0.00', /more than zero/],
  ['a negative rate', 'EUR,USD,2026-03-31,-1', /no rate/],
  ['an exponent', 'EUR,USD,2026-03-31,1e-3', /no rate/],
  ['a day that does not exist', 'EUR,USD,2026-02-30,1', /no day/],
  ['an unknown currency', 'EUR,USX,2026-03-31,1', /USX/],
  ['a currency to itself', 'EUR,EUR,2026-03-31,1', /to itself/],
  ['too few cells', 'EUR,USD,2026-03-31', /3 cells, the header 4/],
  ['a quote that is not closed', 'EUR,USD,2026-03-31,"1', /never closed/],
])('refuses all when a rate is %s', (_, row, reason) => {
  const { rates, problems } = parseRates(`from,to,date,rate\nUSD,EUR,2026-03-31,0.92\n${row}`, 'r.csv');
  expect(rates).toEqual([]);
  expect(problems).toMatchObject([{ line: 3, reason: expect.stringMatching(reason) }]);
});

it('refuses rates without a column', () => {
  expect(parseRates('from,to,rate\n', 'r.csv').problems).toMatchObject([
    { code: 'missing-column', reason: expect.stringMatching('date') },
  ]);
});

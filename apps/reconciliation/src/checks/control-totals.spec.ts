import { describe, expect, it } from 'vitest';
import { checkControlTotals } from './control-totals.ts';
import type { ControlTotal } from './control-totals.ts';
import type { Document } from './documents.ts';

const document = (date: string, amount: string, rest: string, change: Partial<Document> = {}): Document => ({
  ...{ id: date, number: 'n', legalEntityId: 'le', customerId: null, currency: 'USD', changedAt: null },
  ...{ date, amount, rest },
  ...change,
});
const total: ControlTotal = {
  ...{ object: 'invoice', legalEntityId: 'le', period: '2026-01', cutOff: '2026-01-31', currency: 'USD', count: '2' },
  sums: [
    { name: 'gross', amount: '3' },
    { name: 'open', amount: '1' },
    { name: 'something else', amount: '99' },
  ],
  changedAt: null,
};
const invoices = [document('2026-01-01', '1', '1'), document('2026-01-31', '2', '0')];
const others = [
  document('2026-02-01', '5', '5'),
  document('2026-01-02', '5', '5', { currency: 'EUR' }),
  document('2026-01-02', '5', '5', { legalEntityId: 'x' }),
];
const told = (change: Partial<ControlTotal>, documents = [...invoices, ...others]): unknown[] =>
  checkControlTotals([{ ...total, ...change }], { invoice: documents, payment: [] })
    .filter(({ kind }) => kind !== 'no-total')
    .map(({ kind, difference }) => [kind, difference]);
const untotalled = (totals: readonly ControlTotal[], documents = [...invoices, ...others]): string[] =>
  checkControlTotals(totals, { invoice: documents, payment: documents })
    .filter(({ kind }) => kind === 'no-total')
    .map(({ object, actual }) => `${object} ${actual}`);

describe('control totals of the ERP', () => {
  it('equal the documents of their entity, month and currency', () => {
    expect(told({})).toEqual([]);
    expect(told({ period: null, cutOff: '2026-12-31', count: '3', sums: [{ name: 'gross', amount: '8' }] })).toEqual(
      [],
    );
  });

  it.each<[string, Partial<ControlTotal>, unknown[]]>([
    ['a document more', { count: '3' }, [['count', '-1']]],
    ['a cent more', { sums: [{ name: 'gross', amount: '3.01' }] }, [['amount', '-0.01']]],
    ['a cent less', { sums: [{ name: 'open', amount: '0.99' }] }, [['open', '0.01']]],
    [
      'a day earlier',
      { cutOff: '2026-01-30' },
      [
        ['count', '-1'],
        ['amount', '-2'],
      ],
    ],
  ])('show %s', (_name, change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  it('of an empty group say zero', () => {
    expect(told({ count: '0', sums: [{ name: 'gross', amount: '0' }] }, [])).toEqual([]);
    expect(told({}, [])).toEqual([
      ['count', '-2'],
      ['amount', '-3'],
      ['open', '-1'],
    ]);
  });

  it('that the ERP made of a month for one entity or currency are there for all that have documents in it', () => {
    expect(untotalled([total])).toEqual(['invoice|le|2026-01|EUR 5', 'invoice|x|2026-01|USD 5']);
    const all = [total, { ...total, currency: 'EUR' }, { ...total, legalEntityId: 'x' }];
    expect(untotalled(all)).toEqual([]);
    expect(untotalled([total, { ...total, currency: 'EUR', period: null }])).toEqual(['invoice|x|2026-01|USD 5']);
    // Of a month that it has not totalled yet nothing is missing, and of what it never totals neither.
    expect(untotalled([{ ...total, period: '2025-12' }])).toEqual([]);
    expect(untotalled([{ ...total, period: null }])).toEqual([]);
    expect(untotalled([])).toEqual([]);
  });
});

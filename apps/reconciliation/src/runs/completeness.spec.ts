import type { Snapshot } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { incompleteReason } from './completeness.ts';

const header: Snapshot = {
  ...{ snapshotId: 's', runId: 'r', object: 'invoice', system: 'netsuite', instance: 'main', cutOff: null },
  ...{ complete: true, takenAt: '2026-01-01T00:00:00.000Z', count: 2n, error: null },
  sums: [
    { name: 'gross', currency: 'EUR', amount: '2.5' },
    { name: 'gross', currency: 'USD', amount: '0.3' },
    { name: 'open', currency: 'USD', amount: '0' },
  ],
};
const items = [
  { index: 0n, itemId: 'a', fields: { currency: 'USD', foreigntotal: '0.30' } },
  { index: 1n, itemId: 'b', fields: { currency: 'EUR', foreigntotal: '2.5', foreignamountunpaid: '2.5' } },
];

describe('a snapshot', () => {
  it.each<[string, Parameters<typeof incompleteReason>, string | null]>([
    ['is complete', [header, items], null],
    ['is complete whatever the order', [header, items.toReversed()], null],
    ['without a header is not', [null, items], 'no answer'],
    [
      'that says so is not',
      [{ ...header, complete: false, error: 'timeout' }, items],
      'the adapter could not complete it: timeout',
    ],
    ['short of an item is not', [header, items.slice(1)], '1 of 2 items'],
    [
      'numbered beyond the count is not',
      [{ ...header, count: 1n }, items.slice(1)],
      'an item is numbered beyond the count',
    ],
    [
      'of SAP is complete without what was reversed',
      [
        header,
        [
          { index: 0n, itemId: 'a', fields: { TransactionCurrency: 'USD', TotalGrossAmount: '0.30', OpenAmount: '0' } },
          {
            index: 1n,
            itemId: 'b',
            fields: { TransactionCurrency: 'EUR', TotalGrossAmount: '2.5', OpenAmount: '2.5' },
          },
          {
            ...{ index: 2n, itemId: 'c' },
            fields: { TransactionCurrency: 'USD', TotalGrossAmount: '9', UndoneByReversal: 'true' },
          },
        ],
      ].map((part) => (Array.isArray(part) ? part : { ...part, count: 3n })) as Parameters<typeof incompleteReason>,
      null,
    ],
    [
      'whose sum differs by a cent is not',
      [{ ...header, sums: [{ name: 'gross', currency: 'USD', amount: '0.31' }] }, items],
      'gross in USD sums up to 0.3, the header says 0.31',
    ],
    [
      'with a sum that nobody can compute is not',
      [{ ...header, sums: [{ name: 'weight', currency: 'USD', amount: '1' }] }, items],
      'weight in USD sums up to 0, the header says 1',
    ],
    [
      'with an amount that is no number is not',
      [
        { ...header, count: 1n, sums: header.sums.slice(1, 2) },
        [{ ...items[0]!, fields: { ...items[0]!.fields, gross: 'x' } }],
      ],
      'gross in USD: an item says an amount that is no number',
    ],
    ['of nothing is complete', [{ ...header, count: 0n, sums: [] }, []], null],
  ])('%s', (_name, given, expected) => {
    expect(incompleteReason(...given)).toBe(expected);
  });
});

describe('sums of a snapshot', () => {
  const reasonOf = (fields: Record<string, string>, sum: Snapshot['sums'][number]): string | null =>
    incompleteReason({ ...header, count: 1n, sums: [sum] }, [{ index: 0n, itemId: 'a', fields }]);

  it.each<[string, Record<string, string>, string]>([
    ['contract lines', { Net_Amount__c: '80.00', CurrencyIsoCode: 'CHF' }, 'net'],
    ['the net of orders and invoice lines', { net: '80', currency: 'CHF' }, 'net'],
    ['what is left of orders', { unbillednet: '80', net: '100', currency: 'CHF' }, 'unbilled'],
    ['credit memos', { foreigntotal: '80', foreignpaymentamountunused: '1', currency: 'CHF' }, 'amount'],
    ['forecast cells, each under what is planned', { lineItem: 'Billings', amount: '80', currency: 'CHF' }, 'Billings'],
  ])('are checked for %s', (_name, fields, name) => {
    expect(reasonOf(fields, { name, currency: 'CHF', amount: '80' })).toBeNull();
    expect(reasonOf(fields, { name, currency: 'CHF', amount: '80.01' })).toBe(
      `${name} in CHF sums up to 80, the header says 80.01`,
    );
    expect(reasonOf(fields, { name, currency: 'EUR', amount: '80' })).not.toBeNull();
  });
});

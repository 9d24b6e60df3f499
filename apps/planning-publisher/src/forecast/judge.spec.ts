import type { ForecastCell } from '@tieout/connector-anaplan';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeVersion, readAmount } from './judge.ts';

const entities = new Map([
  ['391', 'id-391'],
  ['406', 'id-406'],
]);
const cell = (over: Partial<ForecastCell> = {}): ForecastCell => ({
  versionId: '107',
  version: 'Budget',
  legalEntity: '391',
  currency: 'USD',
  month: '2026-01',
  lineItem: 'Billings',
  amount: '12.50',
  ...over,
});
const judge = (...cells: ForecastCell[]) => judgeVersion('v', cells, entities);

describe('a planned cell', () => {
  it('becomes a record under its place, with the id of its legal entity and the amount in canonical text', () => {
    expect(judge(cell())).toEqual({
      cells: [
        {
          forecastId: 'v|391|Billings|2026-01|USD',
          legalEntityId: 'id-391',
          legalEntity: '391',
          lineItem: 'Billings',
          period: '2026-01',
          currency: 'USD',
          amount: '12.5',
          sourceId: '107/391/Billings/2026-01/USD',
        },
      ],
      rejected: 0,
      findings: [],
    });
  });

  it.each([
    [{ legalEntity: 'XX' }, 'forecast-unknown-entity', 'XX', '107/XX/Billings/2026-01/USD'],
    [{ currency: 'EURO' }, 'forecast-unknown-currency', 'EURO', '107/391/Billings/2026-01/EURO'],
    [
      { amount: '1.23456' },
      'forecast-unreadable-amount',
      'Billings',
      '107/391/Billings/2026-01/USD: "1.23456" has 5 decimals, at most 4 are allowed',
    ],
    [
      { amount: 'NaN' },
      'forecast-unreadable-amount',
      'Billings',
      '107/391/Billings/2026-01/USD: "NaN" is not a decimal number',
    ],
    [
      { amount: '1000000000000000' },
      'forecast-unreadable-amount',
      'Billings',
      '107/391/Billings/2026-01/USD: 1000000000000000 has more than 15 digits before the point',
    ],
  ])('with %j is rejected as %s and the others are taken', (over, kind, item, example) => {
    const { cells, rejected, findings } = judge(cell(over), cell({ month: '2026-02' }));
    expect(cells.map(({ period }) => period)).toEqual(['2026-02']);
    expect([rejected, findings]).toEqual([1, [{ kind, item, cells: 1, example }]]);
  });

  it('counts once, for the first of its reasons; the cells of one item are one finding', () => {
    const bad = { legalEntity: 'XX', currency: 'EURO', amount: '?' };
    const { rejected, findings } = judge(cell(bad), cell({ ...bad, month: '2026-02' }), cell({ legalEntity: 'YY' }));
    expect(rejected).toBe(3);
    expect(findings.map(({ kind, item, cells }) => [kind, item, cells])).toEqual([
      ['forecast-unknown-entity', 'XX', 2],
      ['forecast-unknown-entity', 'YY', 1],
    ]);
  });

  it('is not taken when another item of the model has the same code', () => {
    const { cells, findings } = judge(cell(), cell({ amount: '7' }), cell({ legalEntity: '406' }));
    expect(cells.map(({ legalEntity }) => legalEntity)).toEqual(['406']);
    expect(findings).toMatchObject([{ kind: 'forecast-ambiguous-cell', item: '391', cells: 2 }]);
  });

  it('is not taken when the sum of its line item and currency is beyond what a version can state', () => {
    const most = '999999999999999.9999';
    const more = cell({ amount: most, month: '2026-02' });
    const { cells, rejected, findings } = judge(cell({ amount: most }), more, cell({ currency: 'EUR' }));
    expect([cells.map(({ currency }) => currency), rejected]).toEqual([['EUR'], 2]);
    expect(findings[0]).toMatchObject({ kind: 'forecast-unreadable-amount', item: 'Billings', cells: 2 });
    expect(judge(cell({ amount: most })).rejected).toBe(0);
  });

  it('ends as a record or as rejected, whatever it is', () => {
    const any = fc.record({
      legalEntity: fc.constantFrom('391', '406', 'XX', ''),
      currency: fc.constantFrom('USD', 'EUR', 'EURO', ''),
      month: fc.constantFrom('2026-01', '2026-02'),
      amount: fc.oneof(fc.string(), fc.constantFrom('1', '-2.5', '999999999999999', '1e14', '1e-9')),
    });
    fc.assert(
      fc.property(fc.array(any), (cells) => {
        const { cells: taken, rejected, findings } = judge(...cells.map(cell));
        expect(taken.length + rejected).toBe(cells.length);
        expect(findings.reduce((count, finding) => count + finding.cells, 0)).toBe(rejected);
        expect(new Set(taken.map(({ forecastId }) => forecastId)).size).toBe(taken.length);
      }),
    );
  });
});

it('an amount is read without rounding', () => {
  expect(readAmount('1.0E3')).toEqual({ amount: '1000' });
  expect(readAmount('-999999999999999.9999')).toEqual({ amount: '-999999999999999.9999' });
  expect(readAmount('0.00001')).toHaveProperty('problem');
});

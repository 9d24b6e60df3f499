import { forecastContentHash, joinKey } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { compareForecast } from './forecast.ts';
import type { ForecastVersion, PlannedCell, PublishedCell } from './forecast.ts';

const place = { versionId: 'v1', legalEntity: 'CH', lineItem: 'Billings', month: '2026-04', currency: 'CHF' };
const plan: PlannedCell = { ...place, amount: '1500.25', changedAt: null, version: 'Forecast', vendorId: '107/CH/x' };
const plans: readonly PlannedCell[] = [plan, { ...plan, month: '2026-05', amount: '10' }];
const SEEN = '2026-01-01T00:00:00.000Z';
const publish = ({ version: _version, vendorId: _vendorId, ...cell }: PlannedCell): PublishedCell => ({
  ...{ ...cell, changedAt: SEEN, legalEntityId: 'le', versionRevision: 5n },
  forecastId: joinKey([cell.versionId, cell.legalEntity, cell.lineItem, cell.month, cell.currency]),
});
const cells = plans.map(publish);
const [first, second] = cells as [PublishedCell, PublishedCell];
const header: ForecastVersion = {
  ...{ versionId: 'v1', name: 'Forecast', revision: 5n, cellCount: 2n, changedAt: SEEN },
  sums: [{ lineItem: 'Billings', currency: 'CHF', amount: '1510.25' }],
  contentHash: forecastContentHash(cells),
};
const found = (planned: readonly PlannedCell[], versions: ForecastVersion[], published: PublishedCell[]) =>
  compareForecast(planned, { versions, cells: published }, (code) => `id of ${code}`);
const told = (...given: Parameters<typeof found>): unknown[] =>
  found(...given).map(({ kind, object, expected, actual }) => [kind, object, expected, actual]);
const APRIL = 'Forecast|CH|Billings|2026-04|CHF';

describe('the forecast in planning and on the topic', () => {
  it('is the same', () => {
    expect(told(plans, [header], cells)).toEqual([]);
    expect(told(plans, [header], cells.toReversed())).toEqual([]);
    expect(told([], [], [])).toEqual([]);
    expect(told([], [{ ...header, cellCount: 0n, sums: [], contentHash: forecastContentHash([]) }], [])).toEqual([]);
  });

  it.each<[string, Partial<PlannedCell>, unknown[]]>([
    ['agrees whatever the writing', { amount: '1500.2500' }, []],
    ['differs by a cent', { amount: '1500.26' }, [['amount', APRIL, '1500.26', '1500.25']]],
    ['differs when a cell was emptied', { amount: '0' }, [['amount', APRIL, '0', '1500.25']]],
    [
      'does not mix months',
      { month: '2026-06' },
      [
        ['missing', 'Forecast|CH|Billings|2026-06|CHF', '1500.25', null],
        ['extra', APRIL, null, '1500.25'],
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told([{ ...plan, ...change }, ...plans.slice(1)], [header], cells)).toEqual(expected);
  });

  it('says no more with a cell of zero than without', () => {
    expect(told([...plans, { ...plan, month: '2026-07', amount: '0' }], [header], cells)).toEqual([]);
    const more = [...cells, publish({ ...plan, month: '2026-07', amount: '0' })];
    const stated = { ...header, cellCount: 3n, contentHash: forecastContentHash(more) };
    expect(told(plans, [stated], more)).toEqual([]);
  });

  it('is not usable when a cell is lost, and the cell is missing', () => {
    expect(told(plans, [header], [first])).toEqual([
      ['unusable', 'Forecast', 'Billings CHF=1510.25 count=2', 'Billings CHF=1500.25 count=1'],
      ['missing', 'Forecast|CH|Billings|2026-05|CHF', '10', null],
    ]);
  });

  it.each<[string, ForecastVersion[], PublishedCell[], unknown[]]>([
    ['counts a cell that is not there', [{ ...header, cellCount: 3n }], cells, ['count=3', 'count=2']],
    [
      'sums up to a cent more',
      [{ ...header, sums: [{ lineItem: 'Billings', currency: 'CHF', amount: '1510.26' }] }],
      cells,
      ['Billings CHF=1510.26', 'Billings CHF=1510.25'],
    ],
    ['does not name a sum', [{ ...header, sums: [] }], cells, ['Billings CHF=0', 'Billings CHF=1510.25']],
    [
      'is of another revision than its cells',
      [{ ...header, revision: 6n }],
      cells,
      ['Billings CHF=1510.25 count=2', 'Billings CHF=0 count=0'],
    ],
    ['is not there', [], cells, ['no header', 'count=2']],
  ])(
    'is not usable when the header %s, though the cells say what planning says',
    (_name, versions, published, sides) => {
      expect(told(plans, versions, published)).toEqual([['unusable', 'Forecast', ...sides]]);
    },
  );

  it('is not usable when two amounts have swapped places, and both are told', () => {
    const swapped = [
      { ...first, amount: second.amount },
      { ...second, amount: first.amount },
    ];
    expect(found(plans, [header], swapped).map(({ kind, expected }) => [kind, expected])).toEqual([
      ['unusable', `content=${header.contentHash}`],
      ['amount', '1500.25'],
      ['amount', '10'],
    ]);
  });

  it('leaves cells alone that a usable version left behind', () => {
    const stale = { ...second, month: '2026-08', versionRevision: 4n };
    expect(told(plans, [header], [...cells, stale])).toEqual([]);
  });

  it('misses every cell of a version that the topic does not know', () => {
    expect(told([{ ...plan, versionId: 'v2', version: 'Budget' }], [], [])).toEqual([
      ['missing', 'Budget|CH|Billings|2026-04|CHF', '1500.25', null],
    ]);
  });

  it('has evidence, and nobody says when planning changed', () => {
    const [missing] = found([plan], [], []);
    expect(missing).toMatchObject({
      ...{ check: 'forecast-planning-topic', objectType: 'forecast', legalEntityId: 'id of CH', currency: 'CHF' },
      ...{ changedAt: [null], evidence: { versionId: 'v1', planning: '107/CH/x' } },
    });
    const extra = found([], [header], cells)[0];
    expect(extra).toMatchObject({ changedAt: [null, SEEN], legalEntityId: 'le', evidence: { versionRevision: '5' } });
    const [unusable] = found(plans, [header], [first]);
    expect(unusable).toMatchObject({
      ...{ objectType: 'forecast-version', changedAt: [SEEN, SEEN] },
      evidence: { versionId: 'v1', revision: '5', cells: '1', cellsOfTheRevision: '1' },
    });
  });
});

import { expect, it } from 'vitest';
import { type ForecastCell, forecastContentHash, forecastSums, usableVersion } from './forecast-version.ts';

const cell = (forecastId: string, amount: string, over: Partial<ForecastCell> = {}): ForecastCell => ({
  forecastId,
  lifecycle: 'ACTIVE',
  versionRevision: 3n,
  legalEntityId: 'e',
  lineItem: 'Billings',
  currency: 'USD',
  amount,
  ...over,
});
const cells = [cell('v|CH|1', '0.1'), cell('v|CH|2', '0.2'), cell('v|CH|3', '-5', { lineItem: 'Collections' })];
const header = {
  revision: 3n,
  cellCount: 3n,
  sums: [
    { lineItem: 'Billings', currency: 'USD', amount: '0.3' },
    { lineItem: 'Collections', currency: 'USD', amount: '-5' },
  ],
  contentHash: forecastContentHash(cells),
};

it('is usable when count, sums and content agree, whatever the order of the cells', () => {
  expect(usableVersion(header, cells)).toEqual({ usable: true, reasons: [] });
  expect(usableVersion(header, cells.toReversed())).toEqual({ usable: true, reasons: [] });
});

it('is usable without cells when it says that there are none', () => {
  const empty = { ...header, cellCount: 0n, sums: [], contentHash: forecastContentHash([]) };
  expect(usableVersion(empty, []).usable).toBe(true);
  expect(usableVersion(empty, cells).usable).toBe(false);
});

it('counts neither deleted cells nor cells of another revision', () => {
  const others = [cell('v|CH|4', '9', { lifecycle: 'DELETED' }), cell('v|CH|5', '9', { versionRevision: 4n })];
  expect(usableVersion(header, [...cells, ...others]).usable).toBe(true);
});

it('is not usable while a cell is missing, and says which sum and how many', () => {
  expect(usableVersion(header, cells.slice(1))).toEqual({
    usable: false,
    reasons: [
      { reason: 'count', of: '', expected: '3', actual: '2' },
      { reason: 'sum', of: 'Billings USD', expected: '0.3', actual: '0.2' },
    ],
  });
});

it('is not usable when a cell is too much, in a currency that the version does not have', () => {
  const { reasons } = usableVersion(header, [...cells, cell('v|CH|6', '7', { currency: 'CHF' })]);
  expect(reasons).toContainEqual({ reason: 'sum', of: 'Billings CHF', expected: '0', actual: '7' });
});

it('is not usable when amounts have swapped places, which neither count nor sums show', () => {
  const swapped = [cell('v|CH|1', '0.2'), cell('v|CH|2', '0.1'), ...cells.slice(2)];
  expect(usableVersion(header, swapped).reasons).toMatchObject([{ reason: 'content', expected: header.contentHash }]);
});

it('adds exactly, by line item and currency, in order', () => {
  const more = [...cells, cell('v|CH|7', '1', { currency: 'CHF' })];
  expect(forecastSums(more)).toEqual([{ lineItem: 'Billings', currency: 'CHF', amount: '1' }, ...header.sums]);
});

it('hashes lines that anybody can write: id, legal entity, amount, ordered by id', () => {
  // printf 'a e 1\nb e 2.5\n' | sha256sum
  expect(forecastContentHash([cell('b', '2.5'), cell('a', '1')])).toBe(
    '6353d7188257a5cebd74638692bc80e6790d34fdc2d064d395f08e966194cc55',
  );
});

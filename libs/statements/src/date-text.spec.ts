import { describe, expect, it } from 'vitest';
import { dateReader, type DateReader } from './date-text.ts';

const read = (cell: string, format?: string): string => (dateReader(format) as DateReader)(cell);

describe('days', () => {
  it.each([
    ['2026-03-31', undefined, '2026-03-31'],
    ['2024-02-29', undefined, '2024-02-29'],
    ['2026-03-31T23:59:59Z', undefined, '2026-03-31'],
    ['2026-03-31 00:30', undefined, '2026-03-31'],
    ['2026-03-31T23:59:59.123+02:00', undefined, '2026-03-31'],
    ['31.03.2026', 'DD.MM.YYYY', '2026-03-31'],
    ['3/31/2026', 'M/D/YYYY', '2026-03-31'],
    ['03/04/2026', 'DD/MM/YYYY', '2026-04-03'],
    ['20260331', 'YYYYMMDD', '2026-03-31'],
    ['2026/3/1', 'YYYY/M/D', '2026-03-01'],
  ])('%s as %s is %s', (cell, format, day) => {
    expect(read(cell, format)).toBe(day);
  });

  it.each([
    ['2026-02-30', undefined, /no day/],
    ['2026-3-1', undefined, /no day/],
    ['26-03-31', undefined, /no day/],
    ['31.03.2026', undefined, /say --date-format DD\.MM\.YYYY$/],
    ['03/31/2026', undefined, /say --date-format MM\/DD\/YYYY$/],
    ['03/04/2026', undefined, /say whether it is --date-format DD\/MM\/YYYY or MM\/DD\/YYYY/],
    ['20260331', undefined, /YYYYMMDD/],
    ['46112', undefined, /no day/],
    ['31.02.2026', 'DD.MM.YYYY', /no day written as DD\.MM\.YYYY/],
    ['2026-03-31', 'DD.MM.YYYY', /no day/],
    ['31x03x2026', 'DD.MM.YYYY', /no day/],
  ])('%s as %s is refused', (cell, format, reason) => {
    expect(read(cell, format)).toMatch(reason);
  });

  it.each(['DD.MM.YY', 'DD.MM', 'YYYYMD', 'dd.mm.yyyy', 'DD.MM.YYYY HH', '', 'MM/DD/YYYY/DD'])(
    '%s is no format',
    (format) => {
      expect(dateReader(format)).toMatch(/no date format/);
    },
  );
});

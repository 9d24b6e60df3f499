import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('measures a million items a side unless told otherwise', () => {
  expect(parseOptions([])).toMatchObject({ items: 1_000_000, changes: 500, searches: 100, rounds: 3, profile: null });
  expect(parseOptions(['--items', '20000', '--rounds', '1', '--only', 'full,subsets'])).toMatchObject({
    ...{ items: 20_000, rounds: 1, only: ['full', 'subsets'] },
  });
});

it.each([
  ['--items', '0'],
  ['--changes', 'few'],
  ['--events', '5'],
])('refuses %s %s', (...args) => {
  expect(() => parseOptions(args)).toThrow();
});
